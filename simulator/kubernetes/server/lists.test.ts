import { type ServerUnderTest, startServerUnderTest } from '../../../test/material/kubernetes/server-under-test.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
});
afterEach(() => under.close());

interface Metadata {
  readonly name: string;
  readonly resourceVersion: string;
  readonly uid: string;
  readonly ownerReferences?: readonly { name: string; uid: string }[];
}

interface List {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
  readonly items: readonly { metadata: Metadata }[];
}

const list = async (path: string): Promise<List> => (await under.ask('GET', path)).json as List;
const names = ({ items }: List) => items.map(({ metadata }) => metadata.name);

describe('what there is', () => {
  test.each([
    ['/api/v1/nodes', 'NodeList', 'v1', 3],
    ['/api/v1/namespaces', 'NamespaceList', 'v1', 5],
    ['/api/v1/pods', 'PodList', 'v1', 13],
    ['/api/v1/namespaces/shop/pods', 'PodList', 'v1', 5],
    ['/api/v1/namespaces/nowhere/pods', 'PodList', 'v1', 0],
    ['/apis/apps/v1/deployments', 'DeploymentList', 'apps/v1', 2],
    ['/apis/apps/v1/namespaces/kube-system/daemonsets', 'DaemonSetList', 'apps/v1', 2],
    ['/apis/apps/v1/statefulsets', 'StatefulSetList', 'apps/v1', 1],
    ['/apis/apps/v1/namespaces/shop/replicasets', 'ReplicaSetList', 'apps/v1', 1],
    ['/apis/policy/v1/poddisruptionbudgets', 'PodDisruptionBudgetList', 'policy/v1', 2],
  ])('%s is a %s of %s with %d items', async (path, kind, apiVersion, count) => {
    const found = await list(path);
    expect(found).toMatchObject({ kind, apiVersion });
    expect(found.items).toHaveLength(count);
    expect(new Set(found.items.map(({ metadata }) => metadata.uid)).size).toBe(count);
  });

  test('an object on its own says its kind', async () => {
    const { json } = await under.ask('GET', '/api/v1/namespaces/shop/pods/db-0');
    expect(json).toMatchObject({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name: 'db-0', namespace: 'shop', ownerReferences: [{ kind: 'StatefulSet', name: 'db' }] },
      spec: { nodeName: expect.stringMatching(/^ip-10-/), containers: [{ name: 'db', image: 'postgres:17' }] },
      status: { phase: 'Running', containerStatuses: [{ ready: true, state: { running: {} } }] },
    });
    expect(await under.ask('GET', '/api/v1/namespaces/shop')).toMatchObject({ json: { kind: 'Namespace' } });
  });

  test('owners of pods are there under the uid that the pods say', async () => {
    const pods = await list('/api/v1/namespaces/shop/pods?labelSelector=app%3Dapi');
    const [owner] = pods.items[0]?.metadata.ownerReferences ?? [];
    const replicaSet = await under.ask('GET', `/apis/apps/v1/namespaces/shop/replicasets/${owner?.name}`);
    expect(replicaSet.json).toMatchObject({ metadata: { uid: owner?.uid, ownerReferences: [{ kind: 'Deployment' }] } });
  });
});

describe('long answers', () => {
  const longest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'long' },
    data: { text: 'x'.repeat(140_000) },
  };

  test.each([
    ['gzip, deflate', 'gzip'],
    ['identity', undefined],
  ])('are compressed for clients that take %s: %s', async (accepted, encoding) => {
    under.cluster.kubernetes.objects = [{ ...longest, metadata: { name: 'long', namespace: 'shop' } }];
    const sent = { headers: { 'accept-encoding': accepted } };
    const long = await under.ask('GET', '/api/v1/configmaps', sent);
    expect(long.headers['content-encoding']).toBe(encoding);
    expect(long.text.length < 10_000).toBe(encoding === 'gzip');
    expect((await under.ask('GET', '/version', sent)).headers['content-encoding']).toBeUndefined();
  });
});

describe('selectors', () => {
  test.each([
    ['labelSelector', 'app=api', ['api', 'api', 'api']],
    ['labelSelector', 'app in (api, db),app!=db', ['api', 'api', 'api']],
    ['labelSelector', 'app,!statefulset.kubernetes.io/pod-name', ['api', 'api', 'api']],
    ['labelSelector', 'app notin (api)', ['db', 'db']],
    ['fieldSelector', 'metadata.name=db-0', ['db']],
    ['fieldSelector', 'status.phase!=Running', []],
    ['fieldSelector', 'metadata.namespace=shop,metadata.name=db-1', ['db']],
  ])('%s %s', async (parameter, value, expected) => {
    const found = await list(`/api/v1/namespaces/shop/pods?${new URLSearchParams({ [parameter]: value })}`);
    expect(names(found).map((name) => name.split('-')[0])).toEqual(expected);
  });

  test('pods of a node are found by its name', async () => {
    const [node] = names(await list('/api/v1/nodes'));
    const found = await list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`);
    const all = (await list('/api/v1/pods')).items as unknown as { spec: { nodeName: string } }[];
    expect(found.items).toHaveLength(all.filter(({ spec }) => spec.nodeName === node).length);
  });

  test.each([
    ['labelSelector=a%20b', 'unable to parse requirement: a b'],
    ['fieldSelector=spec.hostname%3Da', 'field label not supported: spec.hostname'],
    ['fieldSelector=spec', "invalid selector: 'spec'; can't understand 'spec'"],
    ['limit=-1', 'limit: Invalid value: "-1": must be greater than or equal to 0'],
  ])('%s is a 400', async (query, message) => {
    const { status, json } = await under.ask('GET', `/api/v1/pods?${query}`);
    expect([status, json]).toMatchObject([400, { reason: 'BadRequest', message }]);
  });
});

describe('pages', () => {
  test('show one state of the cluster, whatever happens meanwhile', async () => {
    const all = names(await list('/api/v1/pods'));
    const first = await list('/api/v1/pods?limit=5');
    expect(first.metadata.remainingItemCount).toBe(8);
    under.cluster.kubernetes.pods = [];
    under.cluster.kubernetes.workloads = [];
    const second = await list(`/api/v1/pods?limit=5&continue=${first.metadata.continue}`);
    const third = await list(`/api/v1/pods?limit=5&continue=${second.metadata.continue}`);
    expect([first, second, third].flatMap(names)).toEqual(all);
    expect(third.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
    expect((await list('/api/v1/pods')).items).toEqual([]);
  });

  test('with a selector do not tell how much is left', async () => {
    const { metadata } = await list('/api/v1/pods?limit=1&labelSelector=app');
    expect(metadata).toEqual({ resourceVersion: expect.any(String), continue: expect.any(String) });
  });

  test('of a state that is no longer kept are gone, and can be had of the present one', async () => {
    const first = await list('/api/v1/pods?limit=5');
    under.world.pass(6);
    const refused = await under.ask('GET', `/api/v1/pods?limit=5&continue=${first.metadata.continue}`);
    expect([refused.status, refused.json]).toMatchObject([410, { status: 'Failure', reason: 'Expired', code: 410 }]);
    const { metadata } = refused.json as List;
    const rest = await list(`/api/v1/pods?continue=${metadata.continue}`);
    expect([...names(first), ...names(rest)]).toEqual(names(await list('/api/v1/pods')));
  });

  test('of another run of the server are gone; what no server wrote is a bad request', async () => {
    const token = (text: string) => Buffer.from(text).toString('base64url');
    const foreign = token(JSON.stringify({ v: 'meta.k8s.io/v1', rv: 4_711, start: 'shop/db-0\u0000' }));
    expect(await under.ask('GET', `/api/v1/pods?continue=${foreign}`)).toMatchObject({ status: 410 });
    for (const bad of ['nonsense', token('{}')])
      expect(await under.ask('GET', `/api/v1/pods?continue=${bad}`)).toMatchObject({ status: 400 });
  });
});

describe('resourceVersion', () => {
  test('stays as long as an object does not change, and the list’s is never behind', async () => {
    const before = await list('/api/v1/nodes');
    expect(await list('/api/v1/nodes')).toEqual(before);
    const [node] = under.cluster.kubernetes.nodes;
    if (node !== undefined) node.unschedulable = true;
    const after = await list('/api/v1/nodes');
    const changed = after.items.filter(
      ({ metadata }, index) => metadata.resourceVersion !== before.items[index]?.metadata.resourceVersion,
    );
    expect(changed.map(({ metadata }) => metadata.name)).toEqual([node?.name]);
    expect(Number(after.metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion));
    expect(changed[0]?.metadata.resourceVersion).toBe(after.metadata.resourceVersion);
  });

  test('a pod that comes again under its name is another one', async () => {
    const before = await list('/api/v1/namespaces/shop/pods?fieldSelector=metadata.name%3Ddb-0');
    await under.ask('DELETE', '/api/v1/namespaces/shop/pods/db-0');
    const after = await list('/api/v1/namespaces/shop/pods?fieldSelector=metadata.name%3Ddb-0');
    expect(names(after)).toEqual(['db-0']);
    expect(after.items[0]?.metadata.uid).not.toBe(before.items[0]?.metadata.uid);
  });
});
