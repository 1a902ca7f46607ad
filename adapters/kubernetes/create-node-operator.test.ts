import { failure } from '../../test/contract/failure.ts';
import { createNodeOperators, nodeOperatorOver, type ServerCalls } from './create-node-operator.ts';

const node = { name: 'ip-10-0-0-1', uid: 'node-uid', resourceVersion: '7' };
const pod = { namespace: 'shop', name: 'api-0', uid: 'pod-uid' };
const OURS = { upgradeId: '1.35-1.36' };

type Answer = { readonly status: number; readonly text: string; readonly retryAfterSeconds?: number };
const answer = (status: number, body: object = {}): Answer => ({ status, text: JSON.stringify(body) });

/** An API server that answers reads and changes as it is told. */
function operatorThat(answers: { readonly get?: Answer; readonly change?: Answer }) {
  const changes: object[] = [];
  const calls: ServerCalls = {
    get: async () => answers.get ?? answer(200, { metadata: node }),
    change: async (change) => {
      changes.push(change);
      return answers.change ?? answer(201);
    },
    close: () => undefined,
  };
  return { operator: nodeOperatorOver(calls), changes };
}

test('an eviction carries the uid, and no grace period', async () => {
  const { operator, changes } = operatorThat({});
  expect(await operator.evict(pod)).toEqual({ type: 'accepted' });
  const metadata = { namespace: 'shop', name: 'api-0' };
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata,
    deleteOptions: { preconditions: { uid: 'pod-uid' } },
  };
  const path = '/api/v1/namespaces/shop/pods/api-0/eviction';
  expect(changes).toEqual([{ method: 'POST', path, contentType: 'application/json', body }]);
});

test('a cordon is one patch of the node as it was read', async () => {
  const taints = [{ key: 'team', value: 'a', effect: 'NoExecute' }];
  const get = answer(200, { metadata: node, spec: { taints } });
  const { operator, changes } = operatorThat({ get, change: answer(200) });
  expect(await operator.cordon(node, { ...OURS, taint: 'drain' })).toBe('done');
  const { uid, resourceVersion } = node;
  const metadata = { uid, resourceVersion, annotations: { 'liftlock.dev/cordoned-by': OURS.upgradeId } };
  const ours = { key: 'drain', value: 'liftlock', effect: 'NoSchedule' };
  expect(changes).toMatchObject([{ method: 'PATCH', contentType: 'application/merge-patch+json' }]);
  expect(changes).toMatchObject([{ body: { metadata, spec: { unschedulable: true, taints: [...taints, ours] } } }]);
});

test.each([
  [200, 'done'],
  [404, 'gone'],
  [409, 'changed'],
])('a patch that is answered with %i is %s', async (status, said) => {
  expect(await operatorThat({ change: answer(status) }).operator.cordon(node, OURS)).toBe(said);
});

test('an answer that cannot be read is no sign that the node is gone', async () => {
  const { operator, changes } = operatorThat({ get: { status: 200, text: '<html></html>' } });
  expect(await failure(operator.uncordon(node, OURS))).toBe('ClusterServerFault');
  expect(changes).toEqual([]);
});

test('nothing of a pod gets out but what a drain asks', async () => {
  const env = [{ name: 'PASSWORD', value: 'secret' }];
  const metadata = { ...pod, creationTimestamp: '2026-11-20T08:00:00Z', annotations: { note: 'secret' } };
  const spec = { nodeName: node.name, containers: [{ name: 'api', image: 'team/api:1', env, args: ['secret'] }] };
  const { operator } = operatorThat({ get: answer(200, { items: [{ metadata, spec }] }) });
  expect((await operator.listPodsOf([node.name])).get(node.name)).toEqual([
    {
      ...{ ...pod, labels: {}, phase: 'Unknown', graceSeconds: 30, isMirror: false, emptyDirs: [] },
      createdAt: '2026-11-20T08:00:00Z',
    },
  ]);
});

test('each node is asked for its own pods, ten at once, however many there are', async () => {
  const names = Array.from({ length: 120 }, (_, index) => `node-${index}`);
  const asked: string[] = [];
  let [underWay, most] = [0, 0];
  const get = async ({ path }: { readonly path: string }) => {
    most = Math.max(most, ++underWay);
    await null;
    underWay -= 1;
    const selector = new URL(path, 'https://x').searchParams.get('fieldSelector') ?? 'all';
    asked.push(selector.replace('spec.nodeName=', ''));
    return answer(200, { items: [{ metadata: { name: `on-${asked.at(-1)}` } }] });
  };
  const calls = { get, change: async () => answer(201), close: () => undefined };
  const found = await nodeOperatorOver(calls).listPodsOf(names);
  expect([asked, most]).toEqual([names, 10]);
  expect([...found].map(([name, [pod]]) => [name, pod?.name])).toEqual(names.map((name) => [name, `on-${name}`]));
});

test.each([
  ['another uid', 409, 'Precondition failed: UID in precondition: a, UID in object meta: b', { type: 'gone' }],
  ['a pod that others write', 409, 'the object has been modified', { type: 'busy', retryAfterSeconds: 0 }],
  ['a webhook', 403, 'admission webhook "a.b" denied the request: no', { type: 'refused', status: 403 }],
  [
    'a webhook that wants patience',
    429,
    'admission webhook "a.b" denied the request: later',
    { type: 'refused', status: 429 },
  ],
  [
    'a webhook that cannot be called',
    500,
    'Internal error occurred: failed calling webhook "a.b": failed to call webhook: no endpoints available for service "b"',
    { type: 'refused', status: 500 },
  ],
  ['a request that is no good', 422, 'uid is invalid', { type: 'refused', status: 422 }],
])('%s is told as it is', async (_, status, message, said) => {
  const { operator } = operatorThat({ change: answer(status, { message }) });
  expect(await operator.evict(pod)).toEqual(said.type === 'gone' ? said : { ...said, message });
});

test('who has too many requests says so in plain text, and is no budget', async () => {
  const change = { status: 429, text: 'Too many requests, please try again later.\n', retryAfterSeconds: 1 };
  const said = { type: 'busy', retryAfterSeconds: 1, message: 'too many requests' };
  expect(await operatorThat({ change }).operator.evict(pod)).toEqual(said);
});

test.each([
  [401, 'Unauthorized', 'ClusterUnauthorized'],
  [
    403,
    'pods "api-0" is forbidden: User "u" cannot create resource "pods/eviction" in API group ""',
    'ClusterForbidden',
  ],
  [500, 'etcd is down', 'ClusterServerFault'],
  [504, "couldn't update PodDisruptionBudget due to conflicts", 'ClusterServerFault'],
])('a %i that says nothing of the pod is an error, and is not tried again', async (status, message, name) => {
  const { operator, changes } = operatorThat({ change: answer(status, { message }) });
  expect(await failure(operator.evict(pod))).toBe(name);
  expect(changes).toHaveLength(1);
});

test('no credentials go to an endpoint without TLS', async () => {
  const operators = createNodeOperators({
    credentials: () => Promise.reject(new Error('nobody asks for them')),
    clock: { now: () => new Date(0) },
  });
  const scope = { account: '111111111111', region: 'eu-central-1' };
  const open = () => operators.open({ scope, name: 'web', endpoint: 'http://web.example', certificateAuthority: '' });
  expect(open).toThrow('http://web.example is not https, and no credentials go there.');
});
