import type { ReadRequest } from '../../core/ports/cluster-reader.ts';
import { oldBudget, widget, widgetDefinition } from '../../test/material/kubernetes/sample-objects.ts';
import {
  principal,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../test/material/kubernetes/server-under-test.ts';
import { createInMemoryClusterReader, type InMemoryReaderOptions } from './in-memory-cluster-readers.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
  under.cluster.kubernetes.objects = [oldBudget, widgetDefinition, widget];
});
afterEach(() => under.close());

const reader = (options: Partial<InMemoryReaderOptions> = {}) =>
  createInMemoryClusterReader({
    fake: under.fake,
    clusterArn: under.cluster.arn,
    principal,
    clock: { now: under.world.now },
    ...options,
  });

/** Revisions are counted from the start of a server, so two servers have different ones. */
const comparable = (text: string) =>
  text.replace(/"(resourceVersion|continue)":"[^"]*"/g, '"$1":""').replaceAll(/127\.0\.0\.1:\d+/g, 'kubernetes');

const partial = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

test.each([
  { path: '/version' },
  { path: '/api' },
  { path: '/apis', accept: aggregated },
  { path: '/apis/example.com/v1' },
  { path: '/api/v1/pods?limit=5' },
  { path: '/apis/policy/v1/poddisruptionbudgets', accept: partial },
  { path: '/apis/example.com/v1beta1/namespaces/payments/widgets?labelSelector=app%3Dweb' },
  { path: '/apis/policy/v1beta1/poddisruptionbudgets' },
  { path: '/metrics' },
  { path: '/readyz?verbose' },
  { path: '/api/v1/secrets' },
  { path: '/nowhere' },
])('answers as the HTTPS face does: $path', async (request: ReadRequest) => {
  const { path, accept } = request;
  under.cluster.kubernetes.access.forbiddenResources.push('secrets');
  const sent = accept === undefined ? {} : { headers: { accept } };
  const served = await under.ask('GET', path, sent);
  const read = await reader().get(request);
  expect({ status: read.status, text: comparable(read.text) }).toEqual({
    status: served.status,
    text: comparable(served.text),
  });
});

test('pages go on where the last one ended', async () => {
  const one = reader();
  const first = JSON.parse((await one.get({ path: '/api/v1/pods?limit=10' })).text);
  const second = JSON.parse(
    (await one.get({ path: `/api/v1/pods?limit=10&continue=${first.metadata.continue}` })).text,
  );
  expect([first.items.length, second.items.length]).toEqual([10, 3]);
});

test('says how long to wait', async () => {
  under.cluster.kubernetes.faults = [{ kind: 'too-many-requests', on: 'pods', times: 1, retryAfterSeconds: 7 }];
  expect(await reader().get({ path: '/api/v1/pods' })).toMatchObject({ status: 429, retryAfterSeconds: 7 });
});

test('tells of what it asked for', async () => {
  under.cluster.kubernetes.faults = [{ kind: 'expiring-token', requests: 1 }];
  const asked: (number | undefined)[] = [];
  const one = reader({ onRequest: ({ path, status }) => asked.push(path.endsWith('/version') ? status : -1) });
  await one.get({ path: '/version' });
  await one.get({ path: '/version' });
  expect(asked).toEqual([200, 401, 200]);
});

test('presents a new token where the last one has expired', async () => {
  under.cluster.kubernetes.faults = [{ kind: 'expiring-token', requests: 2 }];
  const one = reader();
  for (let count = 0; count < 6; count++) expect((await one.get({ path: '/version' })).status).toBe(200);
});

test.each(['before-answer', 'during-body'] as const)('a connection that ends %s is unreachable', async (when) => {
  under.cluster.kubernetes.faults = [{ kind: 'connection-reset', on: '/version', when }];
  await expect(reader().get({ path: '/version' })).rejects.toMatchObject({ name: 'ClusterUnreachable' });
});

test('what is too long, or does not end, is no answer', async () => {
  const failed = { name: 'ClusterServerFault' };
  await expect(reader({ maxBytes: 100 }).get({ path: '/api/v1/pods' })).rejects.toMatchObject(failed);
  await expect(reader().get({ path: '/api/v1/pods?watch=true' })).rejects.toMatchObject(failed);
});

test('behind a private endpoint nothing answers', async () => {
  under.cluster.kubernetes.access.network = 'unreachable';
  await expect(reader().get({ path: '/version' })).rejects.toMatchObject({ name: 'ClusterUnreachable' });
});
