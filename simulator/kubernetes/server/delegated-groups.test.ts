import { metricsService } from '../../../test/material/kubernetes/sample-objects.ts';
import { type ServerUnderTest, startServerUnderTest } from '../../../test/material/kubernetes/server-under-test.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
});
afterEach(() => under.close());

const get = (path: string, accept?: string) =>
  under.ask('GET', path, accept === undefined ? {} : { headers: { accept } });
const type = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

async function discovered() {
  const { items } = (await get('/apis', `${type},application/json`)).json as {
    items: { metadata: { name: string } }[];
  };
  return items.find(({ metadata }) => metadata.name === 'metrics.k8s.io');
}

test('a group whose server does not answer is stale, and its version a 503', async () => {
  under.cluster.kubernetes.objects = [metricsService(false)];
  expect(await discovered()).toMatchObject({ versions: [{ version: 'v1beta1', freshness: 'Stale' }] });
  expect((await get('/apis')).json).toMatchObject({
    groups: expect.arrayContaining([expect.objectContaining({ name: 'metrics.k8s.io' })]),
  });
  for (const path of ['/apis/metrics.k8s.io/v1beta1', '/apis/metrics.k8s.io/v1beta1/nodes'])
    expect(await get(path)).toMatchObject({ status: 503, text: 'service unavailable\n' });
});

test('a group whose server answers is current', async () => {
  under.cluster.kubernetes.objects = [metricsService(true)];
  expect(await discovered()).toMatchObject({ versions: [{ version: 'v1beta1', freshness: 'Current' }] });
  expect(await get('/apis/metrics.k8s.io/v1beta1')).toMatchObject({ status: 200 });
});

test('an old server answers the lists of old', async () => {
  under.cluster.kubernetes.aggregatedDiscovery = false;
  expect((await get('/apis', `${type},application/json`)).json).toMatchObject({ kind: 'APIGroupList' });
  expect((await get('/api', `${type},application/json`)).json).toMatchObject({ kind: 'APIVersions' });
  expect(await get('/apis', type)).toMatchObject({ status: 406 });
});
