import { testWorld } from '../../test/material/eks/world.ts';
import { addCluster, type ClusterSpecification } from '../eks/add-cluster.ts';
import type { ClusterRecord } from '../eks/state/fake-eks-state.ts';
import { requestEviction } from './evict-pod.ts';
import { FakeKubernetes } from './fake-kubernetes.ts';
import { createInMemoryClusterAccess, createInMemoryClusterReader } from './in-memory-cluster-readers.ts';
import type { KubernetesAccess } from './kubernetes-state.ts';

const principal = 'arn:aws:sts::111111111111:assumed-role/LiftlockSpoke/session';
const api = { kind: 'Deployment', namespace: 'shop', name: 'api', replicas: 3, labels: { app: 'api' }, image: 'api:1' };

function worldWith(specification: Partial<ClusterSpecification> = {}) {
  const world = testWorld((state) => {
    addCluster(state, { name: 'shop', version: '1.36', nodegroups: [{ name: 'workers', nodes: 3 }], ...specification });
  });
  const cluster = Object.values(world.state.clusters)[0];
  if (cluster === undefined) throw new Error('the world has a cluster');
  const kubernetes = new FakeKubernetes(world.fake);
  const clock = { now: () => world.now() };
  const access = createInMemoryClusterAccess(kubernetes, { clock, principal: () => principal, sleep: async () => {} });
  const server = createInMemoryClusterReader({ fake: kubernetes, clusterArn: cluster.arn, principal, clock });
  const listed = async (path: string): Promise<Listed> => JSON.parse((await server.get({ path })).text);
  const target = {
    scope: { account: cluster.account, region: cluster.region },
    name: cluster.name,
    endpoint: cluster.description.endpoint ?? '',
    certificateAuthority: '',
  };
  return { world, cluster, listed, access, target };
}

interface Listed {
  readonly kind: string;
  readonly items: readonly { readonly metadata: { readonly name: string }; readonly status: object }[];
}

const PODS = '/api/v1/namespaces/shop/pods';
const BUDGETS = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets';

const podsOfShop = async (listed: (path: string) => Promise<Listed>) =>
  (await listed(PODS)).items.map(({ metadata: { name } }) => ({ namespace: 'shop', name }));

/** Empty when the pod was evicted. */
function refusalOf(...[cluster, pod, now]: [ClusterRecord, { namespace: string; name: string }, Date]): string {
  try {
    requestEviction(cluster, pod, now.getTime());
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('the port', () => {
  test('shows version, health, nodes and workloads', async () => {
    const { access, target } = worldWith();
    expect(await access.serverVersion(target)).toMatch(/^v1\.36\.\d+-eks-/);
    expect(await access.ready(target)).toEqual({ ok: true, failed: [] });
    const nodes = await access.listNodes(target);
    expect(nodes).toHaveLength(3);
    expect(nodes.every((node) => node.ready && node.labels['eks.amazonaws.com/nodegroup'] === 'workers')).toBe(true);
    const workloads = await access.listWorkloads(target, 'kube-system');
    expect(workloads.every((workload) => workload.available === workload.desired)).toBe(true);
    expect(workloads.map((workload) => workload.name).sort()).toEqual(['aws-node', 'coredns', 'kube-proxy']);
  });

  test('the version follows the control plane', async () => {
    const { world, access, target } = worldWith();
    world.call('UpdateClusterVersion', { name: 'shop', version: '1.37' });
    world.settle();
    expect(await access.serverVersion(target)).toMatch(/^v1\.37\./);
    expect((await access.listNodes(target))[0]?.kubeletVersion).toMatch(/^v1\.36\./);
  });

  test('a workload that does not bear the new kubelet crashes after the roll', async () => {
    const { world, listed, access, target } = worldWith({
      nodegroups: [{ name: 'workers', version: '1.35' }],
      workloads: [{ ...api, kind: 'Deployment', crashesFromKubelet: '1.36' }],
    });
    world.call('UpdateNodegroupVersion', { clusterName: 'shop', nodegroupName: 'workers', version: '1.36' });
    world.settle();
    const crashing = { containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] };
    expect((await listed(PODS)).items).toMatchObject(Array(3).fill({ status: crashing }));
    expect((await access.listWorkloads(target, 'shop'))[0]).toMatchObject({ desired: 3, available: 0 });
  });
});

test('lists are also there as the API server sends them', async () => {
  const { listed } = worldWith({ workloads: [{ ...api, kind: 'Deployment' }] });
  expect(await listed('/api/v1/nodes')).toMatchObject({
    kind: 'NodeList',
    apiVersion: 'v1',
    items: Array(3).fill({ status: { nodeInfo: { kubeletVersion: expect.stringMatching(/^v1\.36\./) } } }),
  });
  expect((await listed(PODS)).items).toHaveLength(3);
  expect((await listed('/api/v1/namespaces/kube-system/pods')).items).toMatchObject(
    Array(2 + 3 + 3).fill({ status: { phase: 'Running' } }),
  );
  expect((await listed('/apis/apps/v1/namespaces/shop/deployments')).items).toMatchObject([
    { metadata: { namespace: 'shop', name: 'api' }, spec: { replicas: 3 }, status: { availableReplicas: 3 } },
  ]);
  expect((await listed('/apis/apps/v1/daemonsets')).items).toHaveLength(2);
  expect((await listed('/apis/policy/v1/poddisruptionbudgets')).items).toMatchObject([
    { metadata: { name: 'coredns' }, spec: { maxUnavailable: 1 }, status: { disruptionsAllowed: 1 } },
  ]);
  expect(await listed('/api/v1/gizmos')).toMatchObject({ kind: 'Status', code: 404 });
});

describe('access', () => {
  const entry = {
    principalArn: 'arn:aws:iam::111111111111:role/LiftlockSpoke',
    type: 'STANDARD',
    createdAt: 0,
    policies: [],
  };

  test.each<[string, Partial<KubernetesAccess>, string]>([
    ['no route', { network: 'unreachable' }, 'ClusterUnreachable'],
    ['no access entry', { authentication: 'access-entries' }, 'ClusterUnauthorized'],
    ['no permission', { forbiddenResources: ['nodes'] }, 'ClusterForbidden'],
  ])('%s', async (_, settings, error) => {
    const { cluster, access, target } = worldWith();
    Object.assign(cluster.kubernetes.access, settings);
    await expect(access.listNodes(target)).rejects.toMatchObject({ name: error });
  });

  test.each<[string, object]>([
    ['a private endpoint', { endpointPublicAccess: false }],
    ['an endpoint that is open to some addresses only', { publicAccessCidrs: ['203.0.113.0/24'] }],
  ])('%s cannot be reached', async (_, vpc) => {
    const { cluster, access, target } = worldWith();
    Object.assign(cluster.description.resourcesVpcConfig ?? {}, vpc);
    await expect(access.serverVersion(target)).rejects.toMatchObject({ name: 'ClusterUnreachable' });
  });

  test('an entry with a group of its own sees nodes, one with AmazonEKSViewPolicy does not', async () => {
    const { cluster, access, target } = worldWith();
    cluster.kubernetes.access.authentication = 'access-entries';
    cluster.accessEntries = [{ ...entry, kubernetesGroups: ['liftlock'] }];
    expect(await access.listNodes(target)).not.toEqual([]);
    const policyArn = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';
    cluster.accessEntries = [
      { ...entry, kubernetesGroups: [], policies: [{ policyArn, accessScope: { type: 'cluster' } }] },
    ];
    expect(await access.listWorkloads(target, 'shop')).toBeInstanceOf(Array);
    await expect(access.listNodes(target)).rejects.toMatchObject({ name: 'ClusterForbidden' });
  });

  test('entries do not count where aws-auth decides', async () => {
    const { cluster, access, target } = worldWith();
    cluster.kubernetes.access.authentication = 'access-entries';
    cluster.accessEntries = [{ ...entry, kubernetesGroups: ['liftlock'] }];
    cluster.description.accessConfig = { authenticationMode: 'CONFIG_MAP' };
    await expect(access.listNodes(target)).rejects.toMatchObject({ name: 'ClusterUnauthorized' });
  });
});

describe('eviction', () => {
  const budget = { namespace: 'shop', name: 'api', matchLabels: { app: 'api' } };

  test.each<[string, object, number]>([
    ['minAvailable 3 of 3', { minAvailable: 3 }, 0],
    ['minAvailable 100%', { minAvailable: '100%' }, 0],
    ['minAvailable 50% of 3, rounded up', { minAvailable: '50%' }, 1],
    ['minAvailable 1', { minAvailable: 1 }, 2],
    ['maxUnavailable 0', { maxUnavailable: 0 }, 0],
    ['maxUnavailable 1', { maxUnavailable: 1 }, 1],
    ['maxUnavailable 34% of 3, rounded up', { maxUnavailable: '34%' }, 2],
  ])('%s lets as many go as upstream', async (_, limits, allowed) => {
    const { world, listed, cluster } = worldWith({
      workloads: [{ ...api, kind: 'Deployment' }],
      podDisruptionBudgets: [{ ...budget, ...limits }],
    });
    expect((await listed(BUDGETS)).items).toMatchObject([{ status: { disruptionsAllowed: allowed } }]);
    const pods = await podsOfShop(listed);
    const refused = pods.map((pod) => refusalOf(cluster, pod, world.now())).filter((answer) => answer !== '');
    expect(pods.length - refused.length).toBe(allowed);
    for (const answer of refused) expect(answer).toContain('would violate the pod');
  });

  test('a pod under two budgets is never evicted', async () => {
    const { world, listed, cluster } = worldWith({
      workloads: [{ ...api, kind: 'Deployment' }],
      podDisruptionBudgets: [
        { ...budget, maxUnavailable: 3 },
        { ...budget, name: 'second', maxUnavailable: 3 },
      ],
    });
    const [pod] = await podsOfShop(listed);
    expect(pod && refusalOf(cluster, pod, world.now())).toContain('more than one PodDisruptionBudget');
  });

  test('an evicted pod comes back elsewhere, and is ready after a while', async () => {
    const { world, cluster, listed, access, target } = worldWith({ workloads: [{ ...api, kind: 'Deployment' }] });
    const [pod] = await podsOfShop(listed);
    if (pod !== undefined) requestEviction(cluster, pod, world.now().getTime());
    expect((await access.listWorkloads(target, 'shop'))[0]).toMatchObject({ desired: 3, available: 2 });
    world.pass(1);
    expect((await access.listWorkloads(target, 'shop'))[0]).toMatchObject({ desired: 3, available: 3 });
  });
});
