import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { cluster, KEY, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { ClusterAccessError, type Node, type Pod, type Workload } from '../ports/cluster-access.ts';
import { smokeCheck } from './smoke-check.ts';

const GROUP = 'eks.amazonaws.com/nodegroup';
const node = (name: string, more: Partial<Node> = {}): Node => ({
  ...{ name, labels: {}, kubeletVersion: 'v1.37.1-eks-abc', ready: true, unschedulable: false },
  ...more,
});
const pod = (name: string, phase: string): Pod => ({
  ...{ namespace: 'shop', name, phase, waitingReasons: [], labels: {}, images: [] },
});
const workload = (name: string, more: Partial<Workload> = {}): Workload => ({
  ...{ kind: 'Deployment', namespace: 'shop', name, desired: 2, available: 2 },
  ...more,
});
const scanned = (detail: object): Pick<Upgrade, 'steps'> => ({
  steps: { 'scan-cluster': { status: 'done', reasons: [], startedAt: '2026-11-20T12:00:00.000Z', detail } as never },
});

interface Given extends Omit<GivenStep, 'eks'> {
  readonly version?: string;
  readonly cluster?: NonNullable<GivenStep['eks']>['cluster'];
  readonly ready?: { readonly ok: boolean; readonly failed: string[] } | Error;
  readonly server?: string;
  readonly nodes?: readonly Node[];
  readonly pods?: readonly Pod[];
  /** By namespace. */
  readonly workloads?: Readonly<Record<string, readonly Workload[]>>;
  readonly smoke?: object;
  readonly spec?: object;
  readonly of?: Partial<Upgrade>;
  readonly urls?: Readonly<Record<string, number>>;
}

async function checked(given: Given = {}) {
  const { version = '1.37', ready = { ok: true, failed: [] }, server = 'v1.37.1', nodes = [], pods = [] } = given;
  const { workloads = {}, smoke = {}, spec = {}, of = {}, urls = {}, kept = {}, minutes = 0 } = given;
  const base = policyWith({ name: 'p' });
  const policy = policyConfig({
    ...base,
    spec: { ...base.spec, smoke: { deployments: [], urls: [], ...smoke }, ...spec },
  });
  const ports = await oneStep(new MemoryTable(), {
    eks: { cluster: given.cluster ?? { version } },
    kept: { policy, upgrades: [upgrade(of)], ...kept },
    minutes,
  });
  const asked: string[] = [];
  const clusters = {
    ready: async () => {
      if (ready instanceof Error) throw ready;
      return ready;
    },
    serverVersion: async () => server,
    listNodes: async () => [...nodes],
    listPods: async () => [...pods],
    listWorkloads: async (_: unknown, namespace: string) => {
      asked.push(namespace);
      return [...(workloads[namespace] ?? [])];
    },
  };
  const probe = {
    get: async (url: string) => {
      const status = urls[url];
      if (status === undefined) throw new Error('no route');
      return { status };
    },
  };
  const { status, reasons, waitSeconds } = await smokeCheck({ ...ports, clusters, probe }, stepInput());
  const looked = reasons.find(({ code }) => code === 'Looked')?.message;
  const others = reasons.filter(({ code }) => code !== 'Looked');
  return { status, waitSeconds, asked, looked, told: others.map(({ code, message }) => `${code}: ${message}`) };
}

test('a cluster that works is done', async () => {
  expect(await checked({ nodes: [node('a')] })).toEqual({
    ...{ status: 'done', waitSeconds: undefined, asked: ['kube-system'], told: [] },
    looked: expect.stringMatching(/^EKS says 1.37; .* 1 node, all Ready; .*\.$/),
  });
});

test('one that works says what was looked at, and one that was not asked says so', async () => {
  const { looked } = await checked({
    nodes: [node('a'), node('b')],
    pods: [pod('a', 'Running'), pod('b', 'Running')],
    workloads: {
      'kube-system': [workload('dns', { namespace: 'kube-system' })],
      shop: [workload('web'), workload('other')],
    },
    smoke: { deployments: ['shop/web'], urls: ['https://shop.example/'] },
    urls: { 'https://shop.example/': 200 },
  });
  expect(looked).toBe(
    'EKS says 1.37; the API server is ready and says v1.37.1; 2 nodes, all Ready; 2 pods, 0 pending or failing; 1 workload of kube-system, all available; 1 workload of shop, all available; 1 URL answered.',
  );
  expect((await checked({ spec: { verification: 'eks-api' } })).looked).toBe('EKS says 1.37.');
  expect((await checked({ nodes: [node('a', { ready: false })] })).looked).toBeUndefined();
});

test.each<[string, Given, readonly string[]]>([
  ['is at another version', { version: '1.36' }, ['WrongVersion: web is at 1.36, not at 1.37.']],
  [
    'is not ready',
    { ready: { ok: false, failed: ['etcd', 'dns'] } },
    ['ApiServerNotReady: /readyz says no: etcd, dns.'],
  ],
  ['answers with another version', { server: 'v1.36.2' }, ['WrongVersion: The API server says v1.36.2.']],
  ['answers with no version', { server: 'odd' }, ['WrongVersion: The API server says odd.']],
  [
    'cannot be reached',
    { ready: new ClusterAccessError('ClusterUnreachable', 'no route.') },
    ['ClusterUnreachable: The API server of web could not be read: no route. Run: liftlock access check'],
  ],
  ...(
    [
      [
        { endpointPublicAccess: false },
        ' Its endpoint is private: only its VPC, and networks with a way there, reach it.',
      ],
      [
        { publicAccessCidrs: ['203.0.113.0/24', '198.51.100.7/32'] },
        ' Its endpoint is open to 203.0.113.0/24, 198.51.100.7/32 only.',
      ],
      [{ publicAccessCidrs: ['0.0.0.0/0', '198.51.100.7/32'] }, ''],
    ] as const
  ).map(([resourcesVpcConfig, closed]): [string, Given, readonly string[]] => [
    `cannot be reached, with ${JSON.stringify(resourcesVpcConfig)}`,
    {
      cluster: { version: '1.37', resourcesVpcConfig },
      ready: new ClusterAccessError('ClusterUnreachable', 'connect ETIMEDOUT'),
    },
    [
      `ClusterUnreachable: The API server of web could not be read: connect ETIMEDOUT.${closed} Run: liftlock access check`,
    ],
  ]),
  [
    'has no endpoint',
    { cluster: { version: '1.37', endpoint: undefined as never } },
    ['NoEndpoint: EKS gives no endpoint for web.'],
  ],
  [
    'has no certificate',
    { cluster: { version: '1.37', certificateAuthority: {} } },
    ['NoEndpoint: EKS gives no endpoint for web.'],
  ],
  [
    'has a node that is not ready',
    { nodes: [node('a', { ready: false }), node('b')] },
    ['NodeNotReady: The node a is not Ready.'],
  ],
  [
    'has many nodes that are not ready',
    { nodes: ['a', 'b', 'c', 'd'].map((name) => node(name, { ready: false })) },
    ['NodeNotReady: 4 nodes (a, b, c, …) are not Ready.'],
  ],
  [
    'has nodes of a managed group that lag',
    { nodes: ['a', 'b', 'c'].map((name) => node(name, { kubeletVersion: 'v1.36.0', labels: { [GROUP]: 'g' } })) },
    ['OldKubelet: Node group g: 3 nodes (a, b, c) are at kubelet v1.36.0, not 1.37.'],
  ],
  [
    'has more pods that are not well than before',
    {
      of: scanned({ unhealthyPods: { count: 1, names: ['shop/a'] } }),
      pods: [pod('a', 'Pending'), pod('b', 'Pending'), pod('c', 'Running')],
    },
    ['MoreUnhealthyPods: 2 pods pending or failing, 1 were before; new are: shop/b.'],
  ],
  [
    'has lost a workload of its own',
    { workloads: { 'kube-system': [workload('dns', { kind: 'DaemonSet', available: 1 })] } },
    ['WorkloadUnavailable: DaemonSet kube-system/dns has 1 of 2 available.'],
  ],
  [
    'has lost a workload that its policy names',
    {
      smoke: { deployments: ['shop/web', 'shop/api', 'shop/cart'] },
      workloads: {
        shop: [
          workload('web', { available: 0 }),
          workload('other', { available: 0 }),
          workload('api'),
          workload('api', { kind: 'StatefulSet', available: 0 }),
          workload('cart', { kind: 'StatefulSet' }),
        ],
      },
    },
    [
      'WorkloadUnavailable: Deployment shop/web has 0 of 2 available.',
      'WorkloadMissing: The policy names the Deployment shop/cart, and it does not exist.',
    ],
  ],
  [
    'has URLs that do not answer well',
    {
      smoke: { urls: ['https://a/', 'https://b/', 'https://c/', 'https://d/', 'https://e/?token=t'] },
      urls: { 'https://a/': 200, 'https://b/': 299, 'https://c/': 300, 'https://d/': 199 },
    },
    [
      'UrlFailed: The URL c/, which the policy wants to answer with success after a hop, does not: it answered 300.',
      'UrlFailed: The URL d/, which the policy wants to answer with success after a hop, does not: it answered 199.',
      'UrlFailed: The URL e/, which the policy wants to answer with success after a hop, does not: no route.',
    ],
  ],
])('a cluster that %s gets a quarter of an hour, and fails then', async (_, given, told) => {
  expect(await checked(given)).toMatchObject({ status: 'wait', waitSeconds: 30, told });
  expect(await checked({ ...given, minutes: 14 })).toMatchObject({ status: 'wait', waitSeconds: 105 });
  expect(await checked({ ...given, minutes: 15 })).toMatchObject({ status: 'failed', told });
});

const lags = (name: string, group?: string) =>
  node(name, { kubeletVersion: 'v1.36.0', labels: group === undefined ? {} : { [GROUP]: group } });
const custom = { ...cluster, nodegroups: [{ name: 'g', status: 'ACTIVE', amiType: 'CUSTOM', issues: [] }] };
test('nodes of a group with an AMI of its own are at the target where the policy names one for it', async () => {
  const spec = { nodes: { images: [{ owners: ['self'], tags: { minor: '{version}' } }] } };
  const { status, told } = await checked({ nodes: [lags('a', 'g')], kept: { cluster: custom }, spec, minutes: 15 });
  expect([status, told]).toEqual(['failed', ['OldKubelet: Node group g: The node a is at kubelet v1.36.0, not 1.37.']]);
});

const others = 'Liftlock rolls no node group that they belong to.';
test.each<[string, Given, readonly string[]]>([
  [
    'nodes of nobody’s group lag',
    { nodes: [lags('a'), lags('b'), node('c', { kubeletVersion: 'odd' })] },
    [
      `OldKubelet: 2 nodes (a, b) are at kubelet v1.36.0, not 1.37. ${others}`,
      `OldKubelet: The node c is at kubelet odd, not 1.37. ${others}`,
    ],
  ],
  [
    'nodes of several owners lag',
    {
      nodes: [
        lags('a'),
        ...[lags('b'), lags('c')].map((one) => ({ ...one, labels: { 'karpenter.sh/nodepool': 'p' } })),
      ],
    },
    [
      `OldKubelet: The node a is at kubelet v1.36.0, not 1.37. ${others}`,
      `OldKubelet: 2 nodes (b, c) are at kubelet v1.36.0, not 1.37. ${others}`,
    ],
  ],
  [
    'nodes of a group with images of its own lag',
    { nodes: [lags('a', 'g')], kept: { cluster: custom } },
    [`OldKubelet: The node a is at kubelet v1.36.0, not 1.37. ${others}`],
  ],
  [
    'nodes wait for a later hop',
    {
      nodes: [lags('a', 'g')],
      spec: { waves: [{ name: 'all', rollNodes: 'whenSkewRequires' }] },
      kept: { member: memberItem({ clusterKey: KEY, waveIndex: 1, to: '1.38' }) },
    },
    ['OldKubelet: The node a is at kubelet v1.36.0, not 1.37. The policy lets nodes wait for a later hop.'],
  ],
  [
    'pods are not well and nobody knows how many were before',
    { pods: [pod('a', 'Pending')] },
    ['NoBaseline: 1 pod pending or failing; there is no scan from before to compare with.'],
  ],
  ['pods are well and nobody knows how many were before', {}, []],
  [
    'no more pods are not well than before',
    { pods: [pod('b', 'Pending')], of: scanned({ unhealthyPods: { count: 1, names: ['shop/a'] } }) },
    [],
  ],
  [
    'its policy lets nobody look inside',
    { spec: { verification: 'eks-api' }, ready: new Error('asked') },
    [
      'NotVerified: The policy verifies through the EKS API only: readiness, nodes, pods and workloads were not checked.',
    ],
  ],
])('a cluster works, and it is told, where %s', async (_, given, told) => {
  expect(await checked(given)).toMatchObject({ status: 'done', told });
});

test('at most ten pods that are not well are named', async () => {
  const pods = Array.from({ length: 12 }, (_, number) => pod(`p${number}`, 'Pending'));
  const { told } = await checked({ pods, of: scanned({ unhealthyPods: { count: 0, names: [] } }) });
  expect(told[0]).toMatch(
    /^MoreUnhealthyPods: 12 pods pending or failing, 0 were before; new are: (shop\/p\d, ){9}shop\/p9\.$/,
  );
});

test('namespaces are read once each', async () => {
  const { asked } = await checked({ smoke: { deployments: ['shop/a', 'shop/b', 'kube-system/c'] } });
  expect(asked).toEqual(['kube-system', 'shop']);
});

test('a fault of the check is a fault, and a cluster that somebody changes is not checked', async () => {
  await expect(checked({ ready: new TypeError('x') })).rejects.toThrow('x');
  const { status, told } = await checked({ cluster: { version: '1.37', status: 'UPDATING' } });
  expect([status, told[0]]).toEqual([
    'parked',
    'ForeignUpdate: web is UPDATING, not ACTIVE: somebody else changes it.',
  ]);
});
