import { listOf, type Said, scriptedReader } from '../../test/material/scan/scripted-reader.ts';
import { deploymentObject, nodeObject, probedObjects } from '../../test/material/steps/probed-objects.ts';
import type { ClusterReaders } from '../ports/cluster-reader.ts';
import type { Cluster } from '../ports/eks.ts';
import { accessReason } from './api-server.ts';
import { observePolicy, readClusterProbes } from './read-probes.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const server = { scope: { account: '1', region: 'r' }, name: 'web', endpoint: 'https://web', certificateAuthority: '' };

type Asked = Parameters<typeof readClusterProbes>[3];

async function read(given: Readonly<Record<string, Said | readonly Said[]>>, what?: Asked) {
  const empty = Object.entries(probedObjects()).map(([path, list]) => [path.split('?')[0], list]);
  const { reader, asked } = scriptedReader({ ...Object.fromEntries(empty), ...given });
  let closed = 0;
  const close = (): void => {
    closed += 1;
  };
  const readers: ClusterReaders = { open: () => ({ reader, wait: async () => {}, close }) };
  const result = readClusterProbes({ readers, clock: { now: () => NOON } }, server, {}, what);
  return { asked, closed: () => closed, result };
}

test('eight lists are one request each, and pages are followed to their end', async () => {
  const { asked, closed, result } = await read({
    '/api/v1/nodes': [listOf([nodeObject('a')], 'more'), listOf([nodeObject('b')])],
    '/apis/apps/v1/deployments': listOf([deploymentObject('shop/api', 1)]),
  });
  const { reading, objects, unread } = await result;
  expect(reading.nodes?.map(({ identity }) => identity)).toEqual(['Node a', 'Node b']);
  expect([objects, unread, closed(), asked.length]).toEqual([3, [], 1, 9]);
  expect(asked).toContain('/api/v1/nodes?limit=500&continue=more');
});

test('who waits for Jobs alone asks for nothing else, and has no reading of what needs more', async () => {
  const { asked, result } = await read({}, { lists: ['jobs'] });
  expect(Object.keys((await result).reading)).toEqual(['jobs']);
  expect(asked).toEqual(['/apis/batch/v1/jobs?limit=500']);
});

test('what a role may not list is no reading of the probes that need it', async () => {
  const { reading, unread, passing } = await (
    await read({ '/api/v1/services': { status: 403 }, '/api/v1/nodes': { status: 500 } })
  ).result;
  expect(Object.keys(reading).sort()).toEqual(['jobs', 'pods', 'workloads']);
  expect(unread).toEqual([
    'nodes: For nodes the API server answered 500.',
    'services: The API server answered 403: the role needs list of services.',
  ]);
  // Another look may succeed where a fault made this one fail.
  expect(passing).toEqual(['nodes: For nodes the API server answered 500.']);
});

test.each<[Said, string]>([
  [{ status: 401 }, 'ClusterUnauthorized'],
  [{ status: 403 }, 'ClusterForbidden'],
  [{ status: 500, text: '{"message":"etcd is slow"}' }, 'ClusterServerFault'],
  [{ kind: 'Status' }, 'ClusterServerFault'],
])('without pods nothing is known of a cluster: %j', async (said, name) => {
  const { closed, result } = await read({ '/api/v1/pods': said });
  await expect(result).rejects.toMatchObject({ name });
  expect(closed()).toBe(1);
});

test('a list that does not end is given up after its budget of requests', async () => {
  const { asked, result } = await read({ '/apis/batch/v1/jobs': listOf([], 'more') });
  const { reading, unread, passing } = await result;
  expect([reading.jobs, unread, passing]).toEqual([undefined, ['jobs: There are more than 40000 jobs.'], []]);
  expect(asked.filter((path) => path.startsWith('/apis/batch'))).toHaveLength(80);
});

test('more pods than are read stay as many: nobody is told that it may pass', async () => {
  const { result } = await read({ '/api/v1/pods': listOf([], 'more') });
  const error: unknown = await result.catch((thrown: unknown) => thrown);
  const { message } = accessReason(error, { name: 'web', cluster: { name: 'web' } as Cluster });
  expect(message).toMatch(/^The API server of web could not be read: There are more than 40000 pods\. /);
  expect(message).not.toContain('may pass');
});

test('an alarm that is not OK and a URL that does not answer are down; an alarm that nobody could read is no reading', () => {
  const alarm = (gate: string, status: 'green' | 'red' | 'unknown') => ({ gate, status, message: `It is ${status}.` });
  const { alarms, urls } = observePolicy(
    [alarm('a', 'green'), alarm('b', 'red'), alarm('c', 'unknown')],
    [{ url: 'shop.example/', isReady: false, answer: 'it answered 500' }],
  );
  expect(alarms).toEqual([
    { identity: 'alarm a', said: 'It is green.' },
    { identity: 'alarm b', said: 'It is red.', is: 'down' },
  ]);
  expect(urls).toEqual([{ identity: 'URL shop.example/', said: 'it answered 500', is: 'down' }]);
  expect(observePolicy([alarm('c', 'unknown')], [])).toEqual({});
});
