import { request as plainRequest } from 'node:https';
import { ask } from '../../../test/material/kubernetes/ask.ts';
import {
  goodToken,
  principal,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/material/kubernetes/server-under-test.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
});
afterEach(() => under.close());

const entry = { principalArn: 'arn:aws:iam::111111111111:role/LiftlockSpoke', type: 'STANDARD', createdAt: 0 };
const policy = (name: string, accessScope: { type: 'cluster' | 'namespace'; namespaces?: string[] }) => ({
  policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`,
  accessScope,
});

function grant(...policies: ReturnType<typeof policy>[]): void {
  under.cluster.kubernetes.access.authentication = 'access-entries';
  under.cluster.accessEntries = [{ ...entry, kubernetesGroups: [], policies }];
}

describe('who asks', () => {
  const unauthorized = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'Unauthorized',
    reason: 'Unauthorized',
    code: 401,
  };

  test.each([
    ['a bad token', '/api/v1/nodes', 'bad'],
    ['a bad token, even for health', '/healthz', 'bad'],
    ['no token', '/api/v1/nodes', undefined],
    ['no token for the version, from 1.32 on', '/version', undefined],
  ])('%s is a 401', async (_, path, token) => {
    const reply = await under.ask('GET', path, { token });
    expect([reply.status, reply.json]).toEqual([401, unauthorized]);
  });

  test('nobody needs a token for health', async () => {
    for (const path of ['/healthz', '/livez', '/readyz'])
      expect(await under.ask('GET', path, { token: undefined })).toMatchObject({ status: 200, text: 'ok' });
  });

  test('before 1.32 nobody needs one for the version either, and the rest is forbidden to them', async () => {
    under.cluster.version = '1.31';
    expect(await under.ask('GET', '/version', { token: undefined })).toMatchObject({ status: 200 });
    const { status, json } = await under.ask('GET', '/api/v1/nodes', { token: undefined });
    const message =
      'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope';
    expect([status, json]).toMatchObject([403, { message }]);
  });

  test('behind a private endpoint nothing answers, not even to a bad token', async () => {
    Object.assign(under.cluster.description.resourcesVpcConfig ?? {}, { endpointPublicAccess: false });
    await expect(under.ask('GET', '/healthz')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(under.ask('GET', '/version', { token: 'bad' })).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('nothing answers where no cluster is', async () => {
    const url = `https://127.0.0.1:${under.server.port}/clusters/111111111111/eu-central-1/nowhere/version`;
    await expect(ask('GET', url, under.certificateAuthority, { token: goodToken })).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
  });

  test('without the authority the certificate is not trusted', async () => {
    const url = `${under.apiServer().endpoint}/version`;
    const refused = new Promise((_, reject) => plainRequest(url).on('error', reject).end());
    await expect(refused).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });
});

describe('what may be done', () => {
  test.each([
    [
      'GET',
      '/api/v1/nodes',
      `nodes is forbidden: User "${principal}" cannot list resource "nodes" in API group "" at the cluster scope`,
      { kind: 'nodes' },
    ],
    [
      'GET',
      '/api/v1/nodes/a',
      `nodes "a" is forbidden: User "${principal}" cannot get resource "nodes" in API group "" at the cluster scope`,
      { name: 'a', kind: 'nodes' },
    ],
    [
      'POST',
      '/api/v1/namespaces/shop/pods/db-0/eviction',
      `pods "db-0" is forbidden: User "${principal}" cannot create resource "pods/eviction" in API group "" in the namespace "shop"`,
      { name: 'db-0', kind: 'pods' },
    ],
    [
      'DELETE',
      '/apis/apps/v1/namespaces/shop/deployments/api',
      `deployments.apps "api" is forbidden: User "${principal}" cannot delete resource "deployments" in API group "apps" in the namespace "shop"`,
      { name: 'api', group: 'apps', kind: 'deployments' },
    ],
    ['GET', '/metrics', `forbidden: User "${principal}" cannot get path "/metrics"`, {}],
  ])('AmazonEKSViewPolicy does not allow %s %s', async (method, path, message, details) => {
    grant(policy('AmazonEKSViewPolicy', { type: 'cluster' }));
    const { status, json } = await under.ask(method, path);
    expect([status, json]).toMatchObject([
      403,
      { status: 'Failure', reason: 'Forbidden', message, details, code: 403 },
    ]);
  });

  test('a policy of some namespaces counts in them only', async () => {
    grant(policy('AmazonEKSViewPolicy', { type: 'namespace', namespaces: ['sh*'] }));
    expect(await under.ask('GET', '/api/v1/namespaces/shop/pods')).toMatchObject({ status: 200 });
    expect(await under.ask('GET', '/api/v1/namespaces/kube-system/pods')).toMatchObject({ status: 403 });
    expect(await under.ask('GET', '/api/v1/pods')).toMatchObject({ status: 403 });
  });

  test('only the cluster admin evicts and cordons; an editor may delete pods', async () => {
    const eviction = '/api/v1/namespaces/shop/pods/db-0/eviction';
    grant(policy('AmazonEKSEditPolicy', { type: 'cluster' }));
    expect(await under.ask('POST', eviction, { body: {} })).toMatchObject({ status: 403 });
    expect(await under.ask('DELETE', '/api/v1/namespaces/shop/pods/db-0')).toMatchObject({ status: 200 });
    grant(policy('AmazonEKSClusterAdminPolicy', { type: 'cluster' }));
    expect(await under.ask('POST', eviction, { body: {} })).toMatchObject({ status: 400 });
    expect(await under.ask('GET', '/metrics')).toMatchObject({ status: 200 });
  });

  test('discovery, version and reviews need no policy', async () => {
    grant();
    for (const path of ['/version', '/api', '/apis', '/apis/apps/v1', '/openapi/v3', '/readyz'])
      expect([path, (await under.ask('GET', path)).status]).toEqual([path, 200]);
    const body = { spec: { resourceAttributes: { verb: 'list', resource: 'nodes' } } };
    const review = await under.ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body });
    expect([review.status, review.json]).toMatchObject([201, { status: { allowed: false } }]);
  });
});

describe('what is not there', () => {
  const missing = 'the server could not find the requested resource';
  test.each([
    ['GET', '/api/v1/namespaces/shop/pods/nope', 404, 'NotFound', 'pods "nope" not found'],
    ['GET', '/apis/apps/v1/namespaces/shop/deployments/nope', 404, 'NotFound', 'deployments.apps "nope" not found'],
    ['GET', '/api/v1/gizmos', 404, 'NotFound', missing],
    ['GET', '/api/v1/namespaces/shop/nodes', 404, 'NotFound', missing],
    ['GET', '/api/v1/namespaces/shop/pods/db-0/log', 404, 'NotFound', missing],
    ['PUT', '/api/v1/nodes/a', 404, 'NotFound', 'nodes "a" not found'],
    ['PATCH', '/api/v1/namespaces/shop/pods/db-0/status', 404, 'NotFound', missing],
    ['GET', '/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy/scale', 404, 'NotFound', missing],
    [
      'DELETE',
      '/api/v1/nodes/a',
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    ],
    [
      'DELETE',
      '/api/v1/namespaces/shop/pods',
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    ],
    ['POST', '/version', 405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  ])('%s %s', async (method, path, code, reason, message) => {
    const reply = await under.ask(method, path);
    expect([reply.status, reply.json]).toMatchObject([
      code,
      { kind: 'Status', status: 'Failure', reason, message, code },
    ]);
  });

  test('a path of no group is told in plain text', async () => {
    expect(await under.ask('GET', '/apis/gizmos/v1')).toMatchObject({ status: 404, text: '404 page not found\n' });
  });

  test.each([
    ['protobuf alone', 406, { accept: 'application/vnd.kubernetes.protobuf' }],
    ['protobuf, or else JSON', 200, { accept: 'application/vnd.kubernetes.protobuf,application/json' }],
  ])('an answer in %s is a %d', async (_, status, headers) => {
    expect(await under.ask('GET', '/api/v1/nodes', { headers })).toMatchObject({ status });
  });

  test('an API server with too many requests says when to come again', async () => {
    under.cluster.kubernetes.overload = { retryAfterSeconds: 7 };
    const { status, headers, json } = await under.ask('GET', '/api/v1/nodes');
    expect([status, headers['retry-after'], json]).toMatchObject([429, '7', { reason: 'TooManyRequests' }]);
  });
});

describe('a path without the prefix, as kubectl get --raw sends it', () => {
  const raw = (path: string, token?: string) =>
    ask('GET', `https://127.0.0.1:${under.server.port}${path}`, under.certificateAuthority, { token });

  test('is for the one cluster that the token is good for', async () => {
    expect(await raw('/version', goodToken)).toMatchObject({
      status: 200,
      json: { minor: '35+' },
    });
  });

  test('is for the one in the account of the caller, where there are others', async () => {
    await under.close();
    const clusters = [
      { name: 'web', version: '1.33', account: '222222222222' },
      { name: 'web', version: '1.36' },
    ];
    under = await startServerUnderTest({ clusters });
    expect(await raw('/version', goodToken)).toMatchObject({ json: { minor: '36+' } });
  });

  test('is refused where that does not tell, with what to write', async () => {
    await under.close();
    under = await startServerUnderTest({ clusters: ['web', 'shop'].map((name) => ({ name, version: '1.36' })) });
    for (const token of [goodToken, 'bad', undefined]) {
      expect(await raw('/version', token)).toMatchObject({
        status: 404,
        json: { message: 'the path names no cluster; write /clusters/111111111111/eu-central-1/web/version' },
      });
    }
  });
});
