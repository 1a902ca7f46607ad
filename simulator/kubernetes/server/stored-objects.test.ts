import { flowSchema, oldBudget } from '../../../test/material/kubernetes/sample-objects.ts';
import { type ServerUnderTest, startServerUnderTest } from '../../../test/material/kubernetes/server-under-test.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
  under.cluster.version = '1.31';
  under.cluster.kubernetes.objects = [oldBudget, flowSchema];
});
afterEach(() => under.close());

const get = async (path: string, accept?: string) =>
  under.ask('GET', path, accept === undefined ? {} : { headers: { accept } });

interface List {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly continue?: string };
  readonly items: readonly {
    kind?: string;
    metadata: { name: string; uid: string; annotations: unknown; managedFields: unknown };
  }[];
}
const list = async (path: string, accept?: string) => (await get(path, accept)).json as List;
const names = ({ items }: List) => items.map(({ metadata }) => metadata.name);

describe('raw objects', () => {
  test('lie among those that follow from the model, and read at the version that is asked for', async () => {
    const found = await list('/apis/policy/v1/poddisruptionbudgets');
    expect(found).toMatchObject({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudgetList' });
    expect(names(found)).toEqual(['coredns', 'web', 'db']);
    const one = await get('/apis/policy/v1/namespaces/payments/poddisruptionbudgets/web');
    expect(one.json).toMatchObject({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', spec: { minAvailable: 1 } });
    expect(found.items[1]).not.toHaveProperty('kind');
    expect(names(await list('/api/v1/namespaces'))).toContain('payments');
  });

  test.each(['v1', 'v1beta3'])('are the same ones at every served version: %s', async (version) => {
    const found = await list(`/apis/flowcontrol.apiserver.k8s.io/${version}/flowschemas`);
    expect(found.apiVersion).toBe(`flowcontrol.apiserver.k8s.io/${version}`);
    expect(found.items).toMatchObject([{ metadata: { name: 'slow' }, spec: { matchingPrecedence: 9_000 } }]);
    const other = await list('/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas');
    expect(other.items).toEqual(found.items);
  });

  test.each([
    '/apis/policy/v1beta1/poddisruptionbudgets',
    '/apis/flowcontrol.apiserver.k8s.io/v1beta2/flowschemas',
    '/apis/scheduling.k8s.io/v1beta1/workloads',
  ])('cannot be read at a version that the minor does not serve: %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404 });
  });

  test('are the same in both groups of a kind that moved', async () => {
    const metadata = { name: 'started', namespace: 'payments' };
    under.cluster.kubernetes.objects = [{ apiVersion: 'v1', kind: 'Event', metadata, reason: 'Started' }];
    for (const path of ['/api/v1/events', '/apis/events.k8s.io/v1/events'])
      expect(names(await list(path))).toEqual(['started']);
  });

  test('metadata alone keeps annotations and managed fields', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
    const found = await list('/apis/policy/v1/namespaces/payments/poddisruptionbudgets', accept);
    expect(found).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
    expect(found.items[0]).toMatchObject({ kind: 'PartialObjectMetadata', metadata: oldBudget.metadata });
    expect(found.items[0]).not.toHaveProperty('spec');
  });

  test('stand in the place of what follows from the model', async () => {
    const metadata = {
      name: 'api',
      namespace: 'shop',
      managedFields: [{ manager: 'argocd', apiVersion: 'apps/v1beta2' }],
    };
    under.cluster.kubernetes.objects = [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 3 } }];
    const found = await list('/apis/apps/v1/namespaces/shop/deployments');
    expect(found.items).toMatchObject([{ metadata }]);
    const shown = await get(
      '/apis/apps/v1/namespaces/shop/deployments',
      'application/json;as=Table;g=meta.k8s.io;v=v1',
    );
    expect(shown.json).toMatchObject({ rows: [{ cells: expect.arrayContaining(['api', '<unknown>']) }] });
  });

  test('come in pages, and a page that is too late is a 410', async () => {
    under.cluster.kubernetes.objects = Array.from({ length: 25 }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `map-${String(index).padStart(2, '0')}`, namespace: 'payments' },
    }));
    const first = await list('/api/v1/configmaps?limit=10');
    const second = await list(`/api/v1/configmaps?limit=10&continue=${first.metadata.continue}`);
    under.world.pass(6);
    const third = `/api/v1/configmaps?limit=10&continue=${second.metadata.continue}`;
    const refused = await get(third);
    expect([refused.status, refused.json]).toMatchObject([410, { reason: 'Expired' }]);
    const rest = await list(`/api/v1/configmaps?continue=${(refused.json as List).metadata.continue}`);
    expect([first, second, rest].flatMap(names)).toEqual(names(await list('/api/v1/configmaps')));
  });
});

test('members of a node’s system can be given', async () => {
  const [node, other] = under.cluster.kubernetes.nodes;
  if (node === undefined || other === undefined) throw new Error('the cluster has no nodes');
  node.nodeInfo = { containerRuntimeVersion: 'docker://20.10.25', osImage: 'Amazon Linux 2' };
  other.kubeletVersion = 'v1.30.4-eks-1';
  const { items } = (await get('/api/v1/nodes')).json as { items: { status: { nodeInfo: object } }[] };
  const infos = items.map(({ status }) => status.nodeInfo);
  expect(infos).toContainEqual(expect.objectContaining({ ...node.nodeInfo, kubeletVersion: node.kubeletVersion }));
  expect(infos).toContainEqual(
    expect.objectContaining({ kubeletVersion: 'v1.30.4-eks-1', kubeProxyVersion: 'v1.30.4-eks-1' }),
  );
});
