import type { ApiServer } from '../../core/ports/cluster-access.ts';
import {
  type ApiHandler,
  type KubernetesLoopback,
  refusal,
  startKubernetesLoopback,
} from '../../test/contract/kubernetes-loopback.ts';
import { selfSignedCertificate } from '../../test/contract/self-signed-certificate.ts';
import { createClusterAccess } from './create-cluster-access.ts';

const own = selfSignedCertificate(['127.0.0.1']);
const secret = 'a value of a Secret';
let loopback: KubernetesLoopback;

beforeEach(async () => {
  loopback = await startKubernetesLoopback(() => ({ status: 200, body: {} }));
});
afterEach(() => loopback.close());

const access = (options: { plainHttp?: boolean; timeoutMilliseconds?: number } = { plainHttp: true }) =>
  createClusterAccess({
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' }),
    clock: { now: () => new Date('2026-11-20T08:00:00Z') },
    ...options,
  });
const apiServer = (endpoint = loopback.endpoint, certificate = own.certificate): ApiServer => ({
  scope: { account: '111111111111', region: 'eu-central-1' },
  name: 'web',
  endpoint,
  certificateAuthority: Buffer.from(certificate).toString('base64'),
});
const answer = (handler: ApiHandler) => {
  loopback.handler = handler;
};

test('every request carries the cluster’s token', async () => {
  answer(() => ({ status: 200, body: { gitVersion: 'v1.35.1-eks-abc' } }));
  expect(await access().serverVersion(apiServer())).toBe('v1.35.1-eks-abc');
  const [request] = loopback.requests;
  expect(request?.authorization).toMatch(/^Bearer k8s-aws-v1\./);
  expect([request?.method, request?.path]).toEqual(['GET', '/version']);
});

test.each<[string, ApiHandler, string]>([
  ['401', () => refusal(401, 'Unauthorized', 'Unauthorized'), 'ClusterUnauthorized'],
  ['403', () => refusal(403, 'Forbidden', 'nodes is forbidden'), 'ClusterForbidden'],
  ['500', () => refusal(500, 'InternalError', 'etcd is down'), 'ClusterServerFault'],
  ['429', () => refusal(429, 'TooManyRequests', 'slow down'), 'ClusterServerFault'],
  ['404', () => refusal(404, 'NotFound', 'no such path'), 'ClusterServerFault'],
  ['a 502 of a proxy', () => ({ status: 502, body: '<html>Bad Gateway</html>' }), 'ClusterServerFault'],
  ['an answer that is no JSON', () => ({ status: 200, body: '<html></html>' }), 'ClusterServerFault'],
  ['a list without items', () => ({ status: 200, body: { metadata: {} } }), 'ClusterServerFault'],
  ['a connection that ends', () => Promise.reject(new Error('hangs up')), 'ClusterUnreachable'],
])('%s has the name of what it is', async (_, handler, name) => {
  answer(handler);
  await expect(access().listNodes(apiServer())).rejects.toMatchObject({ name });
});

test('what the API server says gets out, its headers and the rest of its body do not', async () => {
  answer(() => ({ status: 403, body: { kind: 'Status', message: 'nodes is forbidden', details: { secret } } }));
  await expect(access().listNodes(apiServer())).rejects.toMatchObject({
    message: 'The API server answered 403: nodes is forbidden.',
  });
  answer(() => refusal(500, 'InternalError', 'x'.repeat(1_000)));
  const error: unknown = await access()
    .listWorkloads(apiServer(), '../a b')
    .catch((thrown: unknown) => thrown);
  expect((error as Error).message).toHaveLength('The API server answered 500: .'.length + 300);
  expect(loopback.requests.at(-1)?.path).toBe('/apis/apps/v1/namespaces/..%2Fa%20b/deployments');
});

test('an answer that does not come is unreachable', async () => {
  answer(() => new Promise(() => {}));
  const options = { plainHttp: true, timeoutMilliseconds: 50 };
  await expect(access(options).listNodes(apiServer())).rejects.toMatchObject({
    name: 'ClusterUnreachable',
    message: 'The API server could not be reached: it did not answer in time.',
  });
  await expect(access(options).ready(apiServer())).rejects.toMatchObject({ name: 'ClusterUnreachable' });
});

test('a port where nobody listens is unreachable', async () => {
  await loopback.close();
  await expect(access().serverVersion(apiServer())).rejects.toMatchObject({
    name: 'ClusterUnreachable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('no credentials go to an endpoint without TLS', async () => {
  await expect(access({}).listNodes(apiServer())).rejects.toMatchObject({ name: 'ClusterUnreachable' });
  expect(loopback.requests).toEqual([]);
});

test('no credentials go to a server whose certificate the cluster’s authority did not sign', async () => {
  const server = await startKubernetesLoopback(() => ({ status: 200, body: { gitVersion: 'v1' } }), own);
  try {
    expect(await access({}).serverVersion(apiServer(server.endpoint))).toBe('v1');
    const other = selfSignedCertificate(['127.0.0.1']);
    const stranger = access({}).serverVersion(apiServer(server.endpoint, other.certificate));
    await expect(stranger).rejects.toMatchObject({ name: 'ClusterUnreachable' });
    expect(server.requests).toHaveLength(1);
  } finally {
    await server.close();
  }
});

test('lists ask for 500 at a time and go on where the page says', async () => {
  answer(({ query }) => {
    const last = query.get('continue') === 'next page';
    const metadata = last ? {} : { continue: 'next page' };
    return { status: 200, body: { metadata, items: [{ metadata: { name: last ? 'b' : 'a' } }] } };
  });
  expect((await access().listNodes(apiServer())).map((node) => node.name)).toEqual(['a', 'b']);
  expect(loopback.requests.map(({ query }) => [query.get('limit'), query.get('continue')])).toEqual([
    ['500', null],
    ['500', 'next page'],
  ]);
});

test('a node without conditions is not ready, and a DaemonSet that nobody has looked at is not available', async () => {
  answer(({ path }) => ({
    status: 200,
    body: {
      metadata: {},
      items: path.endsWith('/nodes') || path.endsWith('/daemonsets') ? [{ metadata: { name: 'x' } }] : [],
    },
  }));
  expect(await access().listNodes(apiServer())).toMatchObject([{ ready: false, kubeletVersion: '' }]);
  expect(await access().listWorkloads(apiServer(), 'n')).toMatchObject([{ desired: 1, available: 0 }]);
});

test('a token that is not taken any more is made anew once', async () => {
  let refusals = 1;
  answer(() =>
    refusals-- > 0 ? refusal(401, 'Unauthorized', 'Unauthorized') : { status: 200, body: { gitVersion: 'v1.35.1' } },
  );
  expect(await access().serverVersion(apiServer())).toBe('v1.35.1');
  refusals = 2;
  await expect(access().serverVersion(apiServer())).rejects.toMatchObject({ name: 'ClusterUnauthorized' });
});

test('ready: the failed checks are named, and an answer without checks is a fault', async () => {
  answer(() => ({ status: 500, body: '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed' }));
  expect(await access().ready(apiServer())).toEqual({ ok: false, failed: ['etcd'] });
  expect(loopback.requests.map(({ path, query }) => [path, query.has('verbose')])).toEqual([['/readyz', true]]);
  answer(() => ({ status: 500, body: '[+]ping ok\nreadyz check failed' }));
  expect(await access().ready(apiServer())).toEqual({ ok: false, failed: [] });
  answer(() => ({ status: 503, body: 'upstream connect error' }));
  await expect(access().ready(apiServer())).rejects.toMatchObject({ name: 'ClusterServerFault' });
  answer(() => refusal(401, 'Unauthorized', 'Unauthorized'));
  await expect(access().ready(apiServer())).rejects.toMatchObject({ name: 'ClusterUnauthorized' });
  answer(() => refusal(403, 'Forbidden', 'forbidden: User "x" cannot get path "/readyz"'));
  const message = expect.stringContaining('cannot get path "/readyz"');
  await expect(access().ready(apiServer())).rejects.toMatchObject({ name: 'ClusterForbidden', message });
});

test('an error of the credentials keeps its own name', async () => {
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
  const clock = { now: () => new Date() };
  const without = createClusterAccess({ credentials: () => Promise.reject(denied), clock, plainHttp: true });
  await expect(without.listNodes(apiServer())).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('questions that follow each other share a connection and its token; a pause, another cluster and a failure end it, and a token is made anew before it ends', async () => {
  let seconds = 0;
  const clusters = createClusterAccess({
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' }),
    clock: { now: () => new Date(Date.UTC(2026, 10, 20, 8, 0, seconds)) },
    plainHttp: true,
  });
  const connectionsOf = async (waits: readonly number[], name = 'web'): Promise<number> => {
    const from = loopback.requests.length;
    for (const wait of waits) {
      seconds += wait;
      await clusters.serverVersion({ ...apiServer(), name }).catch(() => {});
    }
    return new Set(loopback.requests.slice(from).map(({ authorization }) => authorization)).size;
  };
  answer(() => ({ status: 200, body: { gitVersion: 'v1.35.1' } }));
  expect(await connectionsOf([0, 1, 2, 1])).toBe(1);
  expect(await connectionsOf([3, 1])).toBe(1);
  expect(await connectionsOf([0, 3])).toBe(2);
  expect(await connectionsOf(Array(301).fill(2))).toBe(2);
  seconds += 10;
  expect(await connectionsOf([0], 'web')).toBe(1);
  expect(await connectionsOf([0], 'shop')).toBe(1);
  expect(new Set(loopback.requests.slice(-2).map(({ authorization }) => authorization)).size).toBe(2);
  answer(() => refusal(500, 'InternalError', 'etcd is down'));
  expect(await connectionsOf([1, 1])).toBe(2);
});
