import { type ServerUnderTest, startServerUnderTest } from '../../../test/material/kubernetes/server-under-test.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
});
afterEach(() => under.close());

const api = '/apis/apps/v1/namespaces/shop/deployments/api';
const budget = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/db';
// biome-ignore lint/suspicious/noExplicitAny: whatever the API server says
const ask = async (...request: Parameters<ServerUnderTest['ask']>): Promise<{ status: number; json: any }> =>
  under.ask(...request);
const patch = (path: string, body: object, type = 'strategic-merge-patch', query = '') =>
  ask('PATCH', `${path}${query}`, { body, headers: { 'content-type': `application/${type}+json` } });
const get = async (path: string) => (await ask('GET', path)).json;
const podsOf = (prefix: string) => under.cluster.kubernetes.pods.filter(({ name }) => name.startsWith(prefix));
const evict = (name: string) =>
  ask('POST', `/api/v1/namespaces/shop/pods/${name}/eviction`, {
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'shop' } },
  });
const web = (changes: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', annotations: { note: 'mine' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }] }] },
    },
  },
  ...changes,
});
const deployments = '/apis/apps/v1/namespaces/shop/deployments';

describe('a budget', () => {
  test.each([
    ['merge-patch', { spec: { minAvailable: 1 } }],
    ['strategic-merge-patch', { spec: { minAvailable: 1 } }],
    ['json-patch', [{ op: 'replace', path: '/spec/minAvailable', value: 1 }]],
  ])('that a %s gives room lets pods go', async (type, body) => {
    expect(await evict('db-0')).toMatchObject({ status: 429 });
    const { status, json } = await patch(budget, body, type);
    expect([status, json.metadata.generation]).toEqual([200, 2]);
    expect(json).toMatchObject({ spec: { minAvailable: 1 }, status: { disruptionsAllowed: 1, observedGeneration: 2 } });
    expect(await evict('db-0')).toMatchObject({ status: 201 });
  });

  test('that is deleted holds nothing', async () => {
    const { uid } = (await get(budget)).metadata;
    expect(await ask('DELETE', budget)).toMatchObject({
      status: 200,
      json: { status: 'Success', details: { name: 'db', group: 'policy', kind: 'poddisruptionbudgets', uid } },
    });
    expect(await ask('GET', budget)).toMatchObject({ status: 404 });
    expect(await evict('db-0')).toMatchObject({ status: 201 });
  });

  test('that is created holds what it selects', async () => {
    const made = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'api' },
      spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'api' } } },
    };
    const collection = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets';
    expect(await ask('POST', collection, { body: made })).toMatchObject({
      status: 201,
      json: { metadata: { generation: 1 }, status: { expectedPods: 3, disruptionsAllowed: 0, observedGeneration: 1 } },
    });
    expect(await evict(podsOf('api-')[0]?.name ?? '')).toMatchObject({ status: 429 });
  });

  test('that the disruption controller could once work out says what it cannot now; one that it never could is still processed', async () => {
    const name = podsOf('db-')[0]?.name ?? '';
    await patch(budget, { spec: { minAvailable: null, maxUnavailable: 0 } });
    const controller = { apiVersion: 'example.com/v1', kind: 'Gizmo', name: 'it', uid: 'x', controller: true };
    const metadata = { namespace: 'shop', name: 'odd', labels: { app: 'db' }, ownerReferences: [controller] };
    under.cluster.kubernetes.objects?.push({ apiVersion: 'v1', kind: 'Pod', metadata, status: { phase: 'Running' } });
    const why = 'because it failed sync: no matches for kind "Gizmo" in version "example.com/v1"';
    expect((await evict(name)).json).toMatchObject({
      details: { causes: [{ message: expect.stringContaining(why) }] },
    });
    await patch(budget, { spec: { maxUnavailable: 1 } });
    expect(await evict(name)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '10' },
      json: {
        details: { retryAfterSeconds: 10, causes: [{ message: expect.stringContaining('still being processed') }] },
      },
    });
  });

  test('that is replaced has to name the version that it was', async () => {
    const now = await get(budget);
    const put = (metadata: object) =>
      ask('PUT', budget, { body: { ...now, metadata, spec: { ...now.spec, minAvailable: 0 } } });
    expect(await put({ name: 'db' })).toMatchObject({
      status: 422,
      json: { details: { causes: [{ field: 'metadata.resourceVersion' }] } },
    });
    expect(await put({ ...now.metadata, resourceVersion: '1' })).toMatchObject({
      status: 409,
      json: { reason: 'Conflict', message: expect.stringContaining('the object has been modified') },
    });
    expect(await put(now.metadata)).toMatchObject({ status: 200, json: { spec: { minAvailable: 0 } } });
    expect(await put(now.metadata)).toMatchObject({ status: 409 });
  });

  test.each([
    ['both', { minAvailable: 1, maxUnavailable: 1 }, 'spec'],
    ['less than nothing', { minAvailable: -1 }, 'spec.minAvailable'],
    ['more than all', { maxUnavailable: '101%', minAvailable: null }, 'spec.maxUnavailable'],
    ['no number', { minAvailable: 'many' }, 'spec.minAvailable'],
    ['an unknown policy', { unhealthyPodEvictionPolicy: 'Maybe' }, 'spec.unhealthyPodEvictionPolicy'],
  ])('that asks for %s is refused with the field', async (_, spec, field) => {
    const { status, json } = await patch(budget, { spec }, 'merge-patch');
    expect([status, json.reason, json.details.causes[0].field]).toEqual([422, 'Invalid', field]);
    expect((await get(budget)).metadata.generation).toBe(1);
  });
});

describe('a workload', () => {
  test('that is created gets its pods, and they are made of its template', async () => {
    const { status, json } = await ask('POST', deployments, { body: web() });
    expect([status, json.metadata.generation, json.metadata.annotations]).toEqual([201, 1, { note: 'mine' }]);
    expect(podsOf('web-')).toHaveLength(2);
    under.world.pass(1);
    const pod = await get(`/api/v1/namespaces/shop/pods/${podsOf('web-')[0]?.name}`);
    expect(pod).toMatchObject({
      metadata: { labels: { app: 'web' }, ownerReferences: [{ kind: 'ReplicaSet' }] },
      spec: { containers: [{ name: 'web', env: [{ name: 'A', value: '1' }] }] },
      status: { phase: 'Running', containerStatuses: [{ name: 'web', ready: true }] },
    });
    expect(await get(`${deployments}/web`)).toMatchObject({ status: { readyReplicas: 2, observedGeneration: 1 } });
  });

  test('that is scaled has more pods, or fewer', async () => {
    expect((await patch(`${api}/scale`, { spec: { replicas: 5 } }, 'merge-patch')).json).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 5 },
      status: { selector: 'app=api' },
    });
    expect(podsOf('api-')).toHaveLength(5);
    const scale = await get(`${api}/scale`);
    const put = { ...scale, spec: { replicas: 1 } };
    expect(await ask('PUT', `${api}/scale?dryRun=All`, { body: put })).toMatchObject({
      json: { spec: { replicas: 1 } },
    });
    expect(podsOf('api-')).toHaveLength(5);
    expect(await ask('PUT', `${api}/scale`, { body: put })).toMatchObject({ status: 200 });
    expect(podsOf('api-')).toHaveLength(1);
    expect(await ask('PUT', `${api}/scale`, { body: put })).toMatchObject({ status: 409 });
    expect(await patch(`${api}/scale`, { spec: { replicas: -1 } }, 'merge-patch')).toMatchObject({
      status: 422,
      json: { details: { causes: [{ field: 'spec.replicas' }] } },
    });
  });

  test('of ordered pods loses the last ones first', async () => {
    await patch('/apis/apps/v1/namespaces/shop/statefulsets/db/scale', { spec: { replicas: 1 } }, 'merge-patch');
    expect(podsOf('db-').map(({ name }) => name)).toEqual(['db-0']);
  });

  test('whose image is mended does not crash any more', async () => {
    const { kubernetes } = under.cluster;
    for (const workload of kubernetes.workloads) if (workload.name === 'api') workload.crashesFromKubelet = '1.30';
    for (const pod of podsOf('api-')) pod.waitingReason = 'CrashLoopBackOff';
    const container = (await get(api)).spec.template.spec.containers[0].name;
    const template = { spec: { containers: [{ name: container, image: 'team/api:2' }] } };
    expect(await patch(api, { spec: { template } })).toMatchObject({
      status: 200,
      json: { metadata: { generation: 2 } },
    });
    under.world.pass(1);
    expect(await get(api)).toMatchObject({ status: { readyReplicas: 3 } });
    expect(podsOf('api-').map(({ images }) => images)).toEqual(Array(3).fill(['team/api:2']));
  });

  test('that is deleted takes its pods with it, unless they are orphaned', async () => {
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Orphan' };
    expect(await ask('DELETE', api, { body })).toMatchObject({ status: 200 });
    expect(podsOf('api-')).toHaveLength(3);
    expect(
      (await get(`/api/v1/namespaces/shop/pods/${podsOf('api-')[0]?.name}`)).metadata.ownerReferences,
    ).toBeUndefined();
    await ask('DELETE', '/apis/apps/v1/namespaces/shop/statefulsets/db');
    expect(podsOf('db-')).toHaveLength(0);
  });

  test('keeps its selector, and a StatefulSet most of what it was made with', async () => {
    expect(await patch(api, { spec: { selector: { matchLabels: { app: 'api2' } } } })).toMatchObject({
      status: 422,
      json: { details: { causes: [{ field: 'spec.template.metadata.labels' }] } },
    });
    const labels = { app: 'api', tier: 'x' };
    const both = { spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } } };
    expect(await patch(api, both)).toMatchObject({
      status: 422,
      json: {
        message: expect.stringContaining('field is immutable'),
        details: { causes: [{ field: 'spec.selector' }] },
      },
    });
    const db = '/apis/apps/v1/namespaces/shop/statefulsets/db';
    expect(await patch(db, { spec: { serviceName: 'other' } })).toMatchObject({ status: 422 });
  });

  test('is not changed by a dry run, whatever the request', async () => {
    await get(api);
    const before = structuredClone(under.cluster.kubernetes);
    expect(await ask('POST', `${deployments}?dryRun=All`, { body: web() })).toMatchObject({ status: 201 });
    expect(await patch(api, { spec: { replicas: 9 } }, 'merge-patch', '?dryRun=All')).toMatchObject({
      status: 200,
      json: { spec: { replicas: 9 } },
    });
    expect(await ask('DELETE', `${api}?dryRun=All`)).toMatchObject({ status: 200 });
    const { pods, workloads, objects } = under.cluster.kubernetes;
    expect({ pods, workloads, objects }).toEqual({
      pods: before.pods,
      workloads: before.workloads,
      objects: before.objects,
    });
  });

  test('tells who wrote it last, and when', async () => {
    await under.ask('PATCH', `${api}?fieldManager=kubectl-set`, {
      body: { metadata: { labels: { a: 'b' } } },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    await patch(`${api}/scale`, { spec: { replicas: 4 } }, 'merge-patch');
    const time = '2026-11-20T08:00:00Z';
    expect((await get(api)).metadata.managedFields).toMatchObject([
      { manager: 'kubectl-set', operation: 'Update', apiVersion: 'apps/v1', time },
      { operation: 'Update', subresource: 'scale', time },
    ]);
  });

  test('that was patched to what it is keeps its version', async () => {
    const { metadata } = await get(api);
    expect((await patch(api, { spec: { replicas: 3 } })).json.metadata).toEqual(metadata);
  });

  test('that an update of its add-on overwrites loses what people wrote', async () => {
    const coredns = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';
    expect(await patch(coredns, { metadata: { annotations: { mine: 'yes' } } })).toMatchObject({
      json: { metadata: { annotations: { mine: 'yes' } } },
    });
  });
});

describe('pods, nodes and the rest', () => {
  test('a bare pod is placed, labelled, and not made again', async () => {
    const pods = '/api/v1/namespaces/shop/pods';
    const spec = { containers: [{ name: 'x', image: 'x:1' }], volumes: [{ name: 'tmp', emptyDir: {} }] };
    const body = { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'bare-' }, spec };
    const { status, json } = await ask('POST', pods, { body });
    expect([status, json.spec.volumes]).toEqual([201, spec.volumes]);
    const path = `${pods}/${json.metadata.name}`;
    under.world.pass(1);
    expect(await get(path)).toMatchObject({ status: { phase: 'Running' }, spec: { nodeName: expect.any(String) } });
    expect(await patch(path, { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } } })).toMatchObject({
      json: { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } } },
    });
    expect(await patch(path, { spec: { nodeName: 'other' } })).toMatchObject({ status: 422 });
    expect(await evict(json.metadata.name)).toMatchObject({ status: 201 });
    expect(await ask('GET', path)).toMatchObject({ status: 404 });
  });

  test('a pod with a finalizer goes when that is taken away', async () => {
    const path = '/api/v1/namespaces/shop/pods/db-1';
    await ask('DELETE', budget);
    await patch(path, { metadata: { finalizers: ['example.com/backup'] } });
    expect(await evict('db-1')).toMatchObject({ status: 201 });
    expect((await get(path)).metadata).toMatchObject({ deletionTimestamp: expect.any(String) });
    expect(await patch(path, { metadata: { finalizers: null } })).toMatchObject({ status: 200 });
    expect((await get(path)).metadata?.finalizers).toBeUndefined();
  });

  test('a node keeps labels, annotations and taints, and a tainted one gets no pods', async () => {
    const [node] = under.cluster.kubernetes.nodes;
    const path = `/api/v1/nodes/${node?.name}`;
    const taints = [{ key: 'only', value: 'mine', effect: 'NoSchedule' }];
    const changes = { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } }, spec: { taints } };
    const { json } = await patch(path, changes);
    expect(json).toMatchObject({
      ...changes,
      metadata: { ...changes.metadata, labels: { 'kubernetes.io/os': 'linux' } },
    });
    for (const pod of podsOf('api-')) await ask('DELETE', `/api/v1/namespaces/shop/pods/${pod.name}`);
    expect(podsOf('api-').filter(({ nodeName }) => nodeName === node?.name)).toEqual([]);
    expect((await patch(path, { metadata: { labels: { a: null } } })).json.metadata.labels.a).toBeUndefined();
  });

  test('a namespace comes, and goes with all that is in it', async () => {
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } };
    expect(await ask('POST', '/api/v1/namespaces', { body })).toMatchObject({
      status: 201,
      json: { status: { phase: 'Active' } },
    });
    await ask('POST', '/apis/apps/v1/namespaces/new/deployments', { body: web() });
    await ask('DELETE', '/api/v1/namespaces/new');
    expect(podsOf('web-')).toEqual([]);
    expect(await ask('GET', '/api/v1/namespaces/new')).toMatchObject({ status: 404 });
    expect(await ask('DELETE', '/api/v1/namespaces/kube-system')).toMatchObject({ status: 403 });
  });

  test('an object with a finalizer waits for whoever takes it away', async () => {
    await patch(api, { metadata: { finalizers: ['example.com/cleanup'] } });
    expect(await ask('DELETE', api)).toMatchObject({
      status: 200,
      json: { kind: 'Deployment', metadata: { deletionTimestamp: expect.any(String) } },
    });
    expect((await get(api)).metadata.deletionTimestamp).toEqual(expect.any(String));
    await patch(api, { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/cleanup'] } });
    expect(await ask('GET', api)).toMatchObject({ status: 404 });
    expect(podsOf('api-')).toEqual([]);
  });

  test.each([
    ['of another object', { uid: 'other' }, 409],
    ['under another name', { name: 'other' }, 400],
    ['in another namespace', { namespace: 'other' }, 400],
  ])('a change %s is refused', async (_, metadata, status) => {
    expect(await patch(api, { metadata }, 'merge-patch')).toMatchObject({ status });
  });

  test('a deletion of another object is refused', async () => {
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'other' } };
    expect(await ask('DELETE', api, { body })).toMatchObject({ status: 409 });
    expect(await ask('GET', api)).toMatchObject({ status: 200 });
  });

  test('nothing is made in a namespace that goes away', async () => {
    const metadata = { name: 'shop', deletionTimestamp: '2026-11-20T07:00:00Z' };
    under.cluster.kubernetes.objects = [{ apiVersion: 'v1', kind: 'Namespace', metadata }];
    expect(await ask('POST', deployments, { body: web() })).toMatchObject({
      status: 403,
      json: { details: { causes: [{ reason: 'NamespaceTerminating' }] } },
    });
  });

  test('what an object owns goes with it', async () => {
    const maps = '/api/v1/namespaces/shop/configmaps';
    const map = (name: string, ownerReferences: object[] = []) =>
      ask('POST', maps, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ownerReferences } } });
    const { uid } = (await map('owner')).json.metadata;
    await map('owned', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }]);
    await ask('DELETE', `${maps}/owner`);
    expect(await ask('GET', `${maps}/owned`)).toMatchObject({ status: 404 });
  });

  test('what only follows from something else cannot be changed', async () => {
    const words = 'the local cloud does not model changes of a ReplicaSet that a Deployment made';
    const [set] = (await get('/apis/apps/v1/namespaces/shop/replicasets')).items;
    expect(
      await patch(`/apis/apps/v1/namespaces/shop/replicasets/${set.metadata.name}`, { spec: { replicas: 1 } }),
    ).toMatchObject({
      status: 405,
      json: { message: expect.stringContaining(words) },
    });
  });
});

test('server-side apply is refused by its name', async () => {
  const headers = { 'content-type': 'application/apply-patch+yaml' };
  expect(await ask('PATCH', `${api}?fieldManager=me`, { body: web(), headers })).toMatchObject({
    status: 415,
    json: {
      reason: 'UnsupportedMediaType',
      message:
        'server-side apply (application/apply-patch+yaml) is not modelled by the local cloud: apply without --server-side',
    },
  });
});
