import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { HOLDER, KEY, NOON, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { listOf, type Said, scriptedReader, unreachable } from '../../test/material/scan/scripted-reader.ts';
import { type FakeEks, type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { deploymentObject, type ProbedObjects, probedObjects } from '../../test/material/steps/probed-objects.ts';
import { quietAccount, quietEc2 } from '../../test/material/steps/quiet-account.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { ClusterAccessError, type Node } from '../ports/cluster-access.ts';
import type { ClusterVersionInformation, InsightsRefresh } from '../ports/eks.ts';
import { loadRun } from '../scan/fleet/run-store.ts';
import { Clusters, Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { scanCluster } from './scan-cluster.ts';

const refreshed: InsightsRefresh = { status: 'COMPLETED', startedAt: NOON };
const offered = (clusterVersion: string, versionStatus = 'STANDARD_SUPPORT'): ClusterVersionInformation =>
  ({ clusterVersion, versionStatus }) as ClusterVersionInformation;
const node = (name: string, kubeletVersion = 'v1.36.0'): Node => ({
  ...{ name, labels: {}, kubeletVersion, ready: true, unschedulable: false },
});

interface Given extends Omit<GivenStep, 'eks'> {
  readonly eks?: FakeEks;
  readonly refresh?: InsightsRefresh;
  readonly versions?: readonly ClusterVersionInformation[];
  readonly insights?: readonly object[];
  readonly ready?: { readonly ok: boolean; readonly failed: string[] } | Error;
  readonly nodes?: readonly Node[] | Error;
  readonly has?: ProbedObjects;
  readonly server?: Readonly<Record<string, Said>>;
  readonly spec?: object;
  readonly of?: Partial<Upgrade>;
  readonly target?: string;
  readonly byHand?: boolean;
}

const pods = { resource: 'pods', responseKind: { kind: 'Pod' }, scope: 'Namespaced', verbs: ['list'] };
const versions = [{ version: 'v1', freshness: 'Current', resources: [pods] }];
/** An API server that serves pods and has none. */
const quiet = {
  '/version': { gitVersion: 'v1.36.0' },
  '/api': { kind: 'APIGroupDiscoveryList', items: [{ metadata: {}, versions }] },
  '/apis': { kind: 'APIGroupDiscoveryList', items: [] },
  '/api/v1/pods': listOf([]),
};
const scan = { failOn: 'removed', skip: ['helm', 'node', 'telemetry', 'drain'], versionOwner: 'warn' } as const;

async function scanned(given: Given = {}, table = new MemoryTable()) {
  const {
    refresh = refreshed,
    versions = ['1.36', '1.37'].map((one) => offered(one)),
    insights = [],
    eks = {},
  } = given;
  const { ready = { ok: true, failed: [] }, nodes = [], has = {}, server = quiet } = given;
  const { spec = {}, of = {}, target = '1.37', byHand = false, kept = {}, minutes = 0 } = given;
  const base = policyWith({ name: 'p' });
  const more = {
    describeInsightsRefresh: async () => refresh,
    startInsightsRefresh: async () => ({}),
    describeClusterVersions: async () => [...versions],
    listInsights: async () => insights as never,
    describeInsight: async (_: object, { id }: { id: string }) =>
      insights.find((one) => (one as { id: string }).id === id) as never,
  };
  const ports = await oneStep(table, {
    eks: { ...eks, more: { ...more, ...eks.more } },
    kept: {
      policy: policyConfig({ ...base, spec: { ...base.spec, scan, ...spec } }),
      upgrades: [upgrade(of)],
      ...(byHand && { grant: undefined, upgrades: [] }),
      ...kept,
    },
    minutes,
  });
  const clusters = {
    ready: async () => {
      if (ready instanceof Error) throw ready;
      return ready;
    },
    serverVersion: async () => 'v1.36.0',
    listNodes: async () => {
      if (nodes instanceof Error) throw nodes;
      return [...nodes];
    },
    listWorkloads: async () => [],
  };
  const probed = Object.entries(probedObjects(has)).map(([path, said]) => [
    path.split('?')[0],
    typeof said === 'number' ? { status: said } : said,
  ]);
  const { reader, asked } = scriptedReader({ ...Object.fromEntries(probed), ...server });
  const readers = { open: () => ({ reader, wait: async () => {}, close: () => {} }) };
  const unasked = () => Promise.reject(new Error('no policy names an alarm'));
  const { status, reasons, waitSeconds } = await scanCluster(
    {
      ...ports,
      clusters,
      readers,
      ec2: quietEc2,
      account: quietAccount,
      gates: { read: unasked },
      probe: { get: unasked },
    },
    stepInput({ targetVersion: target }),
  );
  const others = reasons.filter(({ code }) => code !== 'Looked');
  return {
    status,
    asked,
    waitSeconds,
    looked: reasons.find(({ code }) => code === 'Looked')?.message,
    codes: others.map(({ code }) => code),
    told: others.map(({ code, message }) => `${code}: ${message}`),
    seen: (await load(ports.table, Clusters, KEY))?.data.otherNodes,
    run: (await loadRun(ports.table, HOLDER))?.data,
    kept: (await load(ports.table, Upgrades, KEY, '1.36-1.37'))?.data.steps['scan-cluster'],
  };
}

test('a cluster that nothing stands against is done, and what is not well is kept for afterwards', async () => {
  const { status, codes, kept, run, looked } = await scanned({
    has: { jobs: 403, deployments: [deploymentObject('shop/a', 0), deploymentObject('shop/b', 2)] },
    nodes: [node('a')],
  });
  expect([status, codes]).toEqual(['done', []]);
  expect(looked).toMatch(
    /^Objects and answers of \d+ sources were read \(4 left out\): \d+; nothing stands against it\.$/,
  );
  const nothing = { count: 0, unwell: {} };
  expect(kept?.detail).toEqual({
    baseline: {
      takenAt: NOON.toISOString(),
      probes: {
        ...{ nodes: nothing, pods: { ...nothing, known: [] }, services: { ...nothing, known: [] } },
        workloads: { count: 1, unwell: { 'Deployment shop/a': 'down' }, idle: [] },
      },
    },
  });
  expect(run).toMatchObject({ status: 'ended', target: '1.37', reasons: [{ code: 'Looked' }] });
  expect(run?.scannedAt).toBe(NOON.toISOString());
});

const groups = (group: object): Given => ({ eks: { nodegroups: { g: group } } });
const issues = { health: { issues: [{ code: 'X', message: 'y' }] } };
test.each<[string, Given, readonly string[]]>([
  ['is not one minor away', { eks: { cluster: { version: '1.35' } } }, [expect.stringMatching(/^NotOneHop: /)]],
  [
    'is not offered its target',
    { versions: [offered('1.36'), offered('1.35', 'UNSUPPORTED')] },
    [expect.stringMatching(/^NotOffered: EKS offers no 1\.37 in eu-central-1; it offers 1\.36\. Wait/)],
  ],
  [
    'is not offered its target any more',
    { versions: [offered('1.37', 'UNSUPPORTED')] },
    [expect.stringMatching(/^NotOffered: /)],
  ],
  [
    'is lost',
    { eks: { cluster: { status: 'FAILED' } } },
    [expect.stringMatching(/^ClusterStatus: web is FAILED; EKS takes/)],
  ],
  ['is not well', { eks: { cluster: issues } }, [expect.stringMatching(/^ClusterHealth: EKS reports X on web: y/)]],
  [
    'has nodes with an image that ends',
    groups({ amiType: 'AL2_x86_64' }),
    [expect.stringMatching(/^ScanFinding: The node group g runs Amazon Linux 2/)],
  ],
  [
    'has a node group that never came up',
    groups({ status: 'CREATE_FAILED', ...issues }),
    [expect.stringMatching(/^NodegroupStatus: The node group g is CREATE_FAILED; X: y\. Repair/)],
  ],
  ['has nodes that are too old', groups({ version: '1.33' }), [expect.stringMatching(/^VersionSkew: /)]],
  [
    'has kubelets that are too old',
    { nodes: [node('a', 'v1.33.0'), node('b', 'v1.33.0')] },
    [expect.stringMatching(/^VersionSkew: .*a and 1 more/)],
  ],
  [
    'has one kubelet that is too old',
    { nodes: [node('a', 'v1.33.0'), node('b')] },
    [expect.stringMatching(/^VersionSkew: .*\ba\b/)],
  ],
  [
    'is not ready',
    { ready: { ok: false, failed: ['etcd', 'dns'] } },
    [expect.stringMatching(/^ApiServerNotReady: The API server of web is not ready: etcd, dns\. /)],
  ],
  [
    'has a workload that is not there',
    { has: { deployments: [deploymentObject('kube-system/dns', 1)] } },
    ['WorkloadUnavailable: Deployment kube-system/dns has 1 of 2 available. Repair it before an upgrade.'],
  ],
  [
    'has no endpoint',
    { eks: { cluster: { endpoint: undefined as never } } },
    ['NoEndpoint: EKS gives no endpoint for web.'],
  ],
  [
    'has an insight against it',
    {
      insights: [
        {
          id: 'i',
          name: 'Old APIs',
          category: 'UPGRADE_READINESS',
          kubernetesVersion: '1.37',
          insightStatus: { status: 'ERROR', reason: 'used' },
        },
      ],
    },
    [expect.stringMatching(/^InsightError: Amazon EKS says ERROR: Old APIs: used\./)],
  ],
])('a cluster is blocked that %s', async (_, given, told) => {
  const { status, told: said, run } = await scanned(given);
  expect(status).toBe('blocked');
  expect(said).toEqual(told);
  if (run !== undefined) expect(run).toMatchObject({ status: 'ended', reasons: [expect.anything()] });
});

test('what the API server refuses is a blocker, counts in the report, and ends nothing that has changed its cluster', async () => {
  const ready = new ClusterAccessError('ClusterForbidden', 'no.');
  const [begun, refused] = [{ ready, of: { mutated: true } }, await scanned({ ready })];
  expect([(await scanned(begun)).status, refused.status]).toEqual(['parked', 'blocked']);
  expect(await scanned({ ...begun, versions: [offered('1.36')] })).toMatchObject({ status: 'blocked' });
  expect(refused.told[0]).toMatch(/^ClusterForbidden: The API server of web could not be read: no. Run: liftlock acc/);
  expect(refused.kept?.detail).toEqual({});
  const silent = { ready: unreachable, server: { '/version': unreachable } };
  const { kept, status, codes } = await scanned({ ...silent, minutes: 25 });
  expect([status, codes]).toEqual(['wait', ['ProbeInconclusive']]);
  const far = await scanned({ ...silent, of: { steps: { 'scan-cluster': kept as never } }, minutes: 40 });
  expect([far.status, far.codes[0]]).toEqual(['blocked', 'ClusterUnreachable']);
  await expect(scanned({ ready: new TypeError('x') })).rejects.toThrow('x');
});

test.each<[string, Given, readonly string[]]>([
  [
    'groups that are degraded',
    groups({ status: 'DEGRADED', ...issues }),
    [expect.stringMatching(/^NodegroupStatus: The node group g is DEGRADED; X: y\. Repair/)],
  ],
  [
    'groups that are on their way',
    groups({ status: 'CREATING' }),
    ['NodegroupStatus: The node group g is CREATING. Wait until it is ACTIVE.'],
  ],
  ['groups that are updated', groups({ status: 'UPDATING' }), []],
  ['groups whose version nobody knows', groups({ version: undefined as never }), []],
  [
    'a refresh that has failed',
    { refresh: { status: 'FAILED', startedAt: NOON, message: 'no role' } },
    ['RefreshFailed: EKS could not refresh its insights: no role.'],
  ],
  [
    'a policy that lets nobody look inside',
    { spec: { verification: 'eks-api' }, ready: new Error('asked') },
    [
      'NotVerified: The policy verifies through the EKS API only: pods, workloads and the API server itself were not looked at.',
    ],
  ],
  [
    'an insight that only warns',
    {
      insights: [
        { id: 'i', name: 'Skew', category: 'UPGRADE_READINESS', insightStatus: { status: 'WARNING', reason: 'old' } },
      ],
    },
    [expect.stringMatching(/^InsightWarning: /)],
  ],
])('a cluster is done, and it is told, with %s', async (_, given, told) => {
  expect(await scanned(given)).toMatchObject({ status: 'done', told });
});

test('insights are refreshed first, and nothing else is read while they are', async () => {
  const begins = await scanned({ refresh: {} });
  expect(begins).toMatchObject({ status: 'wait', codes: ['RefreshingInsights'], asked: [], run: undefined });
  const other = { updates: { cluster: [{ id: 'x' }] } };
  const runs = await scanned({ refresh: { status: 'IN_PROGRESS', startedAt: NOON }, eks: other });
  expect(runs).toMatchObject({ status: 'wait', codes: ['RefreshingInsights'], asked: [] });
});

test('a cluster that somebody changes is not scanned', async () => {
  const { status, told } = await scanned({ eks: { updates: { cluster: [{ id: 'x', type: 'ConfigUpdate' }] } } });
  expect([status, told]).toEqual([
    'parked',
    [
      "ForeignUpdate: Somebody else's ConfigUpdate (x) runs on the control plane of web; nothing is started while it does.",
    ],
  ]);
});

test('what takes longer than an invocation is gone on with', async () => {
  const busy = { '/version': { status: 429, retryAfterSeconds: 300 } };
  const { status, codes, waitSeconds, run } = await scanned({ server: busy });
  expect([status, codes, waitSeconds]).toEqual(['wait', ['Scanning'], 300]);
  expect(run?.status).toBe('running');
});

test('what could not be read of the cluster is a blocker, and the policy says what need not be', async () => {
  const { '/api/v1/pods': _, ...rest } = quiet;
  const denied = { ...rest, '/api/v1/pods': { status: 403 } };
  expect((await scanned({ server: denied })).codes).toEqual(['ClusterForbidden', 'ScanIncomplete']);
  expect((await scanned({ spec: { scan: { ...scan, skip: [] } } })).status).toBe('blocked');
});

describe('whose control plane is there already', () => {
  const there: Given = { eks: { cluster: { version: '1.37' } }, refresh: {} };
  const at = 'AtTarget: The control plane of web is at 1.37 already.';

  test('is not kept from going on by what only matters before, and keeps what was counted first', async () => {
    const before = { unhealthyPods: { count: 9, names: [] } };
    const step = { status: 'done' as const, reasons: [], startedAt: NOON.toISOString() };
    // Its nodes have begun to follow, so the smoke check finds what is worse.
    const of = { mutated: true, steps: { 'scan-cluster': { ...step, detail: before }, 'roll-node-group/g': step } };
    const given = { ...there, nodes: [node('a', 'v1.32.0')], has: { pods: 403 }, of };
    const { status, told, kept, asked } = await scanned({
      ...given,
      spec: { scan: { ...scan, alarms: ['nobody asks about it now'] } },
      eks: { ...there.eks, nodegroups: { g: { version: '1.32' } } },
    });
    expect([status, told, asked]).toEqual(['done', [at], []]);
    expect(kept?.detail).toEqual(before);
  });

  test('is looked at whole where a person asks', async () => {
    const { status, told, asked } = await scanned({ ...there, byHand: true });
    expect([status, told[0]]).toEqual(['done', at]);
    expect(asked.length).toBeGreaterThan(0);
  });
});

test('whoever scans by hand may look further ahead, and is told so', async () => {
  const { status, codes } = await scanned({ byHand: true, target: '1.38' });
  expect(status).toBe('blocked');
  expect(codes).toEqual(['NotOffered', 'ScanIncomplete']);
  const back = await scanned({ byHand: true, target: '1.35', versions: [offered('1.35')] });
  expect([back.status, back.codes[0]]).toEqual(['blocked', 'NotOneHop']);
});

test('every scan keeps whose nodes there are; where it may not read them, and nothing is judged by them, it goes on and keeps what was known', async () => {
  const own = { ...node('a', 'v1.35.2'), providerId: 'aws:///eu-central-1a/i-0abc' };
  const groups = [{ kind: 'selfManaged', version: '1.35', count: 1 }];
  const looks = [{}, { byHand: true }, { spec: { scan: { ...scan, skip: ['helm', 'telemetry'] } } }];
  for (const more of looks) expect((await scanned({ nodes: [own], ...more })).seen?.groups).toEqual(groups);
  const denied = new ClusterAccessError('ClusterForbidden', 'nodes');
  const left = { scan: { ...scan, skip: ['helm', 'telemetry'] } };
  const unread = await scanned({ nodes: denied, spec: left });
  expect([unread.seen, unread.told]).toEqual([undefined, (await scanned({ spec: left })).told]);
  expect((await scanned({ nodes: denied })).told).toEqual([expect.stringMatching(/ClusterForbidden/)]);
  await expect(scanned({ nodes: new Error('odd'), spec: left })).rejects.toThrow('odd');
});

describe('nodes that the scan reads as objects', () => {
  const nodes = { ...pods, resource: 'nodes', responseKind: { kind: 'Node' }, scope: 'Cluster' };
  const both = [{ version: 'v1', freshness: 'Current', resources: [nodes, pods] }];
  const spot = (name: string, kubeletVersion: string, pool = 'karpenter.sh/nodepool') => ({
    metadata: { name, labels: { [pool]: 'spot' } },
    status: { nodeInfo: { kubeletVersion } },
  });
  const list = [
    listOf([spot('a', 'v1.36.1'), spot('b', 'v1.35.2'), spot('c', 'v1.36.0', 'eks.amazonaws.com/nodegroup')], 'more'),
    listOf([spot('d', 'v1.36.2')]),
  ];
  const spec = { scan: { ...scan, skip: ['helm', 'telemetry'] } };
  const served = (said: Said | readonly Said[]): Given => ({
    spec,
    server: {
      ...quiet,
      '/api': { kind: 'APIGroupDiscoveryList', items: [{ metadata: {}, versions: both }] },
      '/api/v1/nodes': said as Said,
    },
  });

  test('are the ones that are recorded, as of when the scan began: they are not listed a second time for that', async () => {
    const { seen, asked } = await scanned({ ...served(list), nodes: new Error('a second reading') });
    // The third one belongs to the baseline, which is taken last.
    expect(asked.filter((path) => path.startsWith('/api/v1/nodes'))).toHaveLength(3);
    expect(seen).toEqual({
      seenAt: NOON.toISOString(),
      groups: [
        { kind: 'karpenter', name: 'spot', version: '1.35', count: 1 },
        { kind: 'karpenter', name: 'spot', version: '1.36', count: 2 },
      ],
    });
    expect((await scanned({ ...served(listOf([])), nodes: new Error('again') })).seen?.groups).toEqual([]);
  });

  test('are listed where some of them could not be read, and where the policy leaves them out of the objects', async () => {
    const own = { ...node('a', 'v1.35.2'), providerId: 'aws:///eu-central-1a/i-0abc' };
    const groups = [{ kind: 'selfManaged', version: '1.35', count: 1 }];
    const broken = served([list[0] ?? '', { status: 500 }]);
    expect((await scanned({ ...broken, nodes: [own] })).seen?.groups).toEqual(groups);
    expect((await scanned({ ...served(list), spec: {}, nodes: [own] })).seen?.groups).toEqual(groups);
  });
});
