import { type ServerUnderTest, startServerUnderTest } from '../../../test/material/kubernetes/server-under-test.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
});
afterEach(() => under.close());

const pods = () => under.cluster.kubernetes.pods.filter((pod) => pod.namespace === 'shop').map((pod) => pod.name);
const api = () => pods().find((name) => name.startsWith('api-')) ?? '';

describe('eviction', () => {
  const eviction = (name: string, rest: object = {}) => ({
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace: 'shop' },
    ...rest,
  });
  const evict = (name: string, { query = '', rest = {} } = {}) =>
    under.ask('POST', `/api/v1/namespaces/shop/pods/${name}/eviction${query}`, { body: eviction(name, rest) });

  test('takes the pod away, and its workload makes another', async () => {
    const gone = api();
    const { status, json } = await evict(gone);
    expect([status, json]).toEqual([
      201,
      { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    ]);
    expect(pods()).not.toContain(gone);
    expect(pods()).toHaveLength(5);
  });

  test('is refused by a budget in the words of the API server', async () => {
    const { status, headers, json } = await evict('db-0');
    expect(json).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      reason: 'TooManyRequests',
      details: {
        causes: [
          { reason: 'DisruptionBudget', message: 'The disruption budget db needs 2 healthy pods and has 2 currently' },
        ],
      },
      code: 429,
    });
    // With one, Go's client would retry by itself and never show the refusal.
    expect([status, headers['retry-after']]).toEqual([429, undefined]);
    expect(pods()).toContain('db-0');
  });

  test('of a pod under several budgets is a 500', async () => {
    under.cluster.kubernetes.podDisruptionBudgets.push({
      ...{ namespace: 'shop', name: 'second', matchLabels: { app: 'db' }, maxUnavailable: 2 },
    });
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    expect(await evict('db-0')).toMatchObject({ status: 500, json: { status: 'Failure', message, code: 500 } });
  });

  test('of a pod that never ran is not a matter of budgets', async () => {
    const pod = under.cluster.kubernetes.pods.find(({ name }) => name === 'db-0');
    if (pod !== undefined) pod.readyAt = under.world.now().getTime() + 1;
    expect(await evict('db-0')).toMatchObject({ status: 201 });
  });

  test.each([
    ['in the query', { query: '?dryRun=All' }],
    ['in the options', { rest: { deleteOptions: { dryRun: ['All'] } } }],
  ])('as a dry run %s only says what would be', async (_, options) => {
    const before = pods();
    expect(await evict(api(), options)).toMatchObject({ status: 201 });
    expect(await evict('db-0', options)).toMatchObject({ status: 429 });
    expect(pods()).toEqual(before);
  });

  test('holds to the preconditions', async () => {
    const preconditions = { deleteOptions: { preconditions: { uid: 'other' } } };
    expect(await evict(api(), { rest: preconditions })).toMatchObject({ status: 409, json: { reason: 'Conflict' } });
  });

  test('is of the pod as it is, in its namespace', async () => {
    const name = api();
    const pod = under.cluster.kubernetes.pods.find((each) => each.name === name);
    if (pod !== undefined) under.cluster.kubernetes.pods.unshift({ ...pod, namespace: 'another', incarnation: 99 });
    const { json } = await under.ask('GET', `/api/v1/namespaces/shop/pods/${name}`);
    const { uid, resourceVersion } = (json as { metadata: Record<string, string> }).metadata;
    const evictIf = (preconditions: object, query = '') =>
      evict(name, { query, rest: { deleteOptions: { preconditions } } });
    expect(await evictIf({ uid, resourceVersion: '1' })).toMatchObject({ status: 409 });
    expect(await evictIf({ uid }, '?dryRun=All')).toMatchObject({ status: 201 });
    expect(await evictIf({ uid, resourceVersion })).toMatchObject({ status: 201 });
    expect(await evictIf({ uid })).toMatchObject({ status: 404 });
  });

  test('can come as Protocol Buffers, as from typed Go clients', async () => {
    const field = (number: number, content: Buffer | string) => {
      const bytes = Buffer.from(content as string);
      return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
    };
    const gone = api();
    const message = field(1, Buffer.concat([field(1, gone), field(3, 'shop')]));
    const type = field(1, Buffer.concat([field(1, 'policy/v1'), field(2, 'Eviction')]));
    const body = Buffer.concat([Buffer.from('k8s\0'), type, field(2, message)]);
    const headers = { 'content-type': 'application/vnd.kubernetes.protobuf' };
    const path = `/api/v1/namespaces/shop/pods/${gone}/eviction`;
    expect(await under.ask('POST', path, { body: body.subarray(0, -3), headers })).toMatchObject({ status: 400 });
    expect(await under.ask('POST', path, { body, headers })).toMatchObject({ status: 201 });
    expect(pods()).not.toContain(gone);
  });

  test.each([
    ['no pod of that name', 'nope', {}, 404],
    ['another name in the body', 'db-0', { metadata: { name: 'db-1' } }, 400],
    ['another kind', 'db-0', { kind: 'Pod' }, 400],
    ['a version that is gone', 'db-0', { apiVersion: 'policy/v1beta1' }, 400],
  ])('%s is refused', async (_, name, rest, status) => {
    expect(await evict(name, { rest })).toMatchObject({ status });
  });
});

describe('cordon', () => {
  const patch = (body: object, { type = 'strategic-merge-patch', query = '' } = {}) =>
    under.ask('PATCH', `/api/v1/nodes/${under.cluster.kubernetes.nodes[0]?.name}${query}`, {
      body,
      headers: { 'content-type': `application/${type}+json` },
    });
  const cordoned = () => under.cluster.kubernetes.nodes[0]?.unschedulable;

  test.each(['strategic-merge-patch', 'merge-patch'])('by a %s, and back', async (type) => {
    const { status, json } = await patch({ spec: { unschedulable: true } }, { type });
    const taints = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];
    expect([status, json]).toMatchObject([200, { kind: 'Node', spec: { unschedulable: true, taints } }]);
    expect(cordoned()).toBe(true);
    expect(await patch({ spec: { unschedulable: null } }, { type })).toMatchObject({ status: 200 });
    expect(cordoned()).toBe(false);
  });

  test('is with whoever set it last to another value', async () => {
    const write = async (fieldManager: string, body: object) => {
      const { json } = await patch(body, { query: `?fieldManager=${fieldManager}` });
      const { managedFields = [] } = (json as { metadata: { managedFields?: { manager: string; fieldsV1: object }[] } })
        .metadata;
      return Object.fromEntries(managedFields.map(({ manager, fieldsV1 }) => [manager, fieldsV1]));
    };
    const metadata = { annotations: { mark: 'a' } };
    const [spec, mark] = [{ 'f:unschedulable': {} }, { 'f:annotations': { 'f:mark': {} } }];
    const ours = { 'f:metadata': mark, 'f:spec': spec };
    expect(await write('one', { metadata, spec: { unschedulable: true } })).toEqual({ one: ours });
    expect(await write('two', { spec: { unschedulable: true } })).toEqual({ one: ours });
    expect(await write('two', { spec: { unschedulable: null } })).toEqual({ one: { 'f:metadata': mark } });
    expect(await write('two', { spec: { unschedulable: true } })).toEqual({
      one: { 'f:metadata': mark },
      two: { 'f:spec': spec },
    });
    const last = { metadata: { annotations: { mark: null } }, spec: { unschedulable: null } };
    expect(await write('three', last)).toEqual({});
  });

  test('as a dry run changes nothing', async () => {
    const { json } = await patch({ spec: { unschedulable: true } }, { query: '?dryRun=All' });
    expect(json).toMatchObject({ spec: { unschedulable: true } });
    expect(cordoned()).toBe(false);
  });

  test.each([
    ['what a node is made of', { spec: { providerID: 'other' } }, {}, 422],
    ['an outdated version', { metadata: { resourceVersion: '0' }, spec: { unschedulable: true } }, {}, 409],
    ['a patch of another kind', { spec: { unschedulable: true } }, { type: 'some-patch' }, 415],
    ['a JSON patch that is none', { spec: { unschedulable: true } }, { type: 'json-patch' }, 400],
    ['a dry run of another kind', { spec: { unschedulable: true } }, { query: '?dryRun=Some' }, 400],
  ])('%s are refused', async (_, body, options, status) => {
    expect(await patch(body, options)).toMatchObject({ status });
    expect(cordoned()).toBe(false);
  });
});

describe('delete', () => {
  test('takes a pod away whatever its budget says', async () => {
    const before = under.cluster.kubernetes.pods.find(({ name }) => name === 'db-0');
    const path = '/api/v1/namespaces/shop/pods/db-0';
    expect(await under.ask('DELETE', `${path}?dryRun=All`)).toMatchObject({ status: 200 });
    expect(under.cluster.kubernetes.pods).toContain(before);
    const { json } = await under.ask('DELETE', path);
    expect(json).toMatchObject({ kind: 'Pod', metadata: { name: 'db-0', deletionTimestamp: expect.any(String) } });
    expect(under.cluster.kubernetes.pods).not.toContain(before);
  });
});

describe('create', () => {
  const deployment = (changes: object = {}) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
    },
    ...changes,
  });
  const create = (body: object, query = '?dryRun=All', namespace = 'shop') =>
    under.ask('POST', `/apis/apps/v1/namespaces/${namespace}/deployments${query}`, { body });

  test('as a dry run answers the object as it would be', async () => {
    const { status, json } = await create(deployment());
    const metadata = { name: 'web', namespace: 'shop', uid: expect.any(String), creationTimestamp: expect.any(String) };
    expect([status, json]).toMatchObject([201, { ...deployment(), metadata }]);
    expect(await under.ask('GET', '/apis/apps/v1/namespaces/shop/deployments/web')).toMatchObject({ status: 404 });
  });

  test.each<[string, Promise<unknown> | (() => Promise<unknown>), object]>([
    ['of another kind', () => create(deployment({ kind: 'Pod' })), { status: 400 }],
    [
      'of a name that is taken',
      () => create(deployment({ metadata: { name: 'api' } })),
      { status: 409, json: { reason: 'AlreadyExists', message: 'deployments.apps "api" already exists' } },
    ],
    [
      'in a namespace that is not there',
      () => create(deployment(), '?dryRun=All', 'nowhere'),
      { status: 404, json: { message: 'namespaces "nowhere" not found' } },
    ],
    [
      'for another namespace',
      () => create(deployment({ metadata: { name: 'web', namespace: 'other' } })),
      { status: 400 },
    ],
    [
      'without what it needs',
      () => create(deployment({ spec: { template: { spec: { containers: [{ name: 'web' }] } } } })),
      {
        status: 422,
        json: {
          reason: 'Invalid',
          message:
            'Deployment.apps "web" is invalid: [spec.selector: Required value, spec.template.spec.containers[0].image: Required value]',
          details: { name: 'web', group: 'apps', kind: 'Deployment' },
        },
      },
    ],
    ['under a bad name', () => create(deployment({ metadata: { name: 'Web_1' } })), { status: 422 }],
  ])('%s is refused', async (_, work, expected) => {
    expect(await (work as () => Promise<unknown>)()).toMatchObject(expected);
  });
});

describe('reviews', () => {
  const review = (kind: string, group: string, spec: object) =>
    under.ask('POST', `/apis/${group}/v1/${kind}`, { body: { spec } });

  test('of access say whether', async () => {
    const ask = (resource: string, rest: object = {}) =>
      review('selfsubjectaccessreviews', 'authorization.k8s.io', {
        resourceAttributes: { verb: 'list', resource, ...rest },
      });
    expect(await ask('nodes')).toMatchObject({
      status: 201,
      json: { kind: 'SelfSubjectAccessReview', status: { allowed: true } },
    });
    under.cluster.kubernetes.access.forbiddenResources.push('nodes');
    expect(await ask('nodes')).toMatchObject({ status: 201, json: { status: { allowed: false } } });
    expect(await ask('pods', { subresource: 'eviction', verb: 'create' })).toMatchObject({
      json: { status: { allowed: true } },
    });
    const both = { resourceAttributes: { verb: 'list' }, nonResourceAttributes: { verb: 'get' } };
    expect(await review('selfsubjectaccessreviews', 'authorization.k8s.io', both)).toMatchObject({ status: 400 });
  });

  test('of rules and of oneself', async () => {
    const rules = await review('selfsubjectrulesreviews', 'authorization.k8s.io', { namespace: 'shop' });
    expect(rules.json).toMatchObject({ status: { incomplete: false, resourceRules: expect.any(Array) } });
    const self = await review('selfsubjectreviews', 'authentication.k8s.io', {});
    expect(self.json).toMatchObject({ status: { userInfo: { username: expect.stringContaining('LiftlockSpoke') } } });
  });
});

test('whoever may not write is refused, whatever the subresource', async () => {
  const deployments = '/apis/apps/v1/namespaces/shop/deployments';
  const deployment = `${deployments}/api`;
  under.cluster.kubernetes.access = { network: 'reachable', authentication: 'access-entries', forbiddenResources: [] };
  under.cluster.accessEntries.push({
    ...({ type: 'STANDARD', tags: {}, username: '', createdAt: 0, modifiedAt: 0, arn: '' } as object),
    principalArn: 'arn:aws:iam::111111111111:role/LiftlockSpoke',
    kubernetesGroups: [],
    policies: [
      {
        policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy',
        accessScope: { type: 'cluster' },
        associatedAt: 0,
        modifiedAt: 0,
      },
    ],
  } as never);
  expect(await under.ask('GET', deployment)).toMatchObject({ status: 200 });
  for (const [method, path, verb] of [
    ['POST', deployments, 'create'],
    ['PUT', deployment, 'update'],
    ['PATCH', deployment, 'patch'],
    ['DELETE', deployment, 'delete'],
    ['PATCH', `${deployment}/scale`, 'patch'],
  ] as const)
    expect(await under.ask(method, path, { body: {} })).toMatchObject({
      status: 403,
      json: { reason: 'Forbidden', message: expect.stringContaining(`cannot ${verb} resource "deployments`) },
    });
});
