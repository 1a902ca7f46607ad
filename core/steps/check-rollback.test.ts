import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import {
  grant,
  KEY,
  NOON,
  policyConfig,
  cluster as recorded,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import { contextOf, type FakeEks, failing, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { kindOf } from '../contracts/reasons.ts';
import { groupOfOne, keptGroups } from '../model/seen-nodes.ts';
import { ClusterAccessError, type Node } from '../ports/cluster-access.ts';
import { CONTROL_PLANE } from '../protocol/update-subject.ts';
import { Clusters, SettledUpdates } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { checkRollback } from './check-rollback.ts';

const daysAgo = (days: number): string => new Date(NOON.getTime() - days * 86_400_000).toISOString();
const insight = (status: string, name = 'Stored objects') => ({
  ...{ id: name, name, category: 'ROLLBACK_READINESS', insightStatus: { status, reason: 'in use' } },
});
const hop = (days: number): Upgrade =>
  upgrade({ status: 'Succeeded', mutated: true, controlPlaneCompletedAt: daysAgo(days) });
const node = (kubeletVersion: string, labels: Record<string, string> = {}): Node => ({
  ...{ name: 'n', labels, kubeletVersion, ready: true, unschedulable: false },
});

interface Given extends FakeEks {
  readonly hops?: readonly Upgrade[];
  readonly insights?: readonly ReturnType<typeof insight>[];
  readonly refresh?: string;
  readonly nodes?: readonly Node[] | Error;
  /** Those of the last look that could read them. */
  readonly seenBefore?: readonly Node[];
  readonly spec?: object;
  readonly described?: object;
  /** Whether the rollback has taken something back already. */
  readonly mutated?: boolean;
  /** How long the execution has run, and for how long its looks have met the fault of the API server. */
  readonly minutes?: number;
  readonly failing?: number;
  /** What the check has kept of its look before. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
  /** Updates of the cluster that are known to have ended. */
  readonly settled?: readonly string[];
}

const faultSince = (minutes: number) => ({
  'scan-cluster': {
    ...{
      status: 'running' as const,
      startedAt: NOON.toISOString(),
      reasons: [{ code: 'ClusterServerFault' as const, message: '503' }],
    },
    detail: { faultSince: new Date(NOON.getTime() - minutes * 60_000).toISOString() },
  },
});

async function checked(given: Given = {}) {
  const {
    hops = [hop(1)],
    insights = [],
    refresh = 'COMPLETED',
    nodes = [],
    spec = {},
    minutes = 0,
    failing: failed,
    detail,
  } = given;
  const of = { machine: 'rollback-cluster', from: '1.37', to: '1.36', mutated: given.mutated ?? false } as const;
  const looked = { status: 'running' as const, reasons: [], startedAt: NOON.toISOString(), ...(detail && { detail }) };
  const steps = failed === undefined ? { 'scan-cluster': looked } : faultSince(failed);
  const mine = upgrade({ id: 'rollback-1.37-1.36', ...of, steps });
  const base = policyWith({ name: 'p' });
  const otherNodes = { seenAt: daysAgo(1), groups: keptGroups((given.seenBefore ?? []).map(groupOfOne), []) };
  const ports = await oneStep(new MemoryTable(), {
    eks: {
      ...given,
      cluster: { version: '1.37', ...given.described },
      more: {
        describeInsightsRefresh: async () => ({ status: refresh, startedAt: NOON }) as never,
        startInsightsRefresh: async () => ({}),
        listInsights: async () => [...insights] as never,
        describeInsight: async (_: object, { id }: { id: string }) => insights.find((one) => one.id === id) as never,
        listFargateProfiles: async () => [],
        ...given.more,
      },
    },
    kept: {
      upgrades: [mine, ...hops],
      grant: grant({ upgradeId: mine.id, machine: mine.machine }),
      cluster: { ...recorded, version: '1.37', versionObservedAt: daysAgo(1), otherNodes },
      policy: policyConfig({ ...base, spec: { ...base.spec, ...spec } }),
    },
    nodesSeen: () => {
      if (nodes instanceof Error) throw nodes;
      return nodes;
    },
  });
  const ended = { clusterKey: KEY, subject: CONTROL_PLANE, ids: [...(given.settled ?? [])] };
  await ports.table.transact([put(SettledUpdates, ended, 'any')]);
  const context = await contextOf(ports, stepInput({ targetVersion: '1.36' }));
  const before = (await load(ports.table, Clusters, KEY))?.revision;
  const startedAt = new Date(NOON.getTime() - minutes * 60_000);
  const { found, ...result } = await checkRollback(ports, { ...context, startedAt });
  expect(ports.sent).toEqual([]);
  expect((await load(ports.table, Clusters, KEY))?.revision).toBe(before);
  return {
    status: result.status,
    codes: result.reasons.map(({ code }) => code),
    said: result.reasons.map(({ message }) => message).join(' '),
    found,
    detail: result.detail,
  };
}

test('a way that nothing stands against is told with how long it is there, and what goes along', async () => {
  const { status, codes, said } = await checked({
    nodegroups: { a: { version: '1.37' } },
    nodes: [node('v1.37.0-eks-a', { 'eks.amazonaws.com/nodegroup': 'a' })],
  });
  expect([status, codes]).toEqual(['done', ['Looked', 'NodesGoBack']]);
  expect(said).toContain(`EKS takes web back to 1.36 until ${daysAgo(-6)}; 1 node group and 0 add-ons can go there.`);
});

test('one that is back already needs no check', async () => {
  expect(await checked({ described: { version: '1.36' }, insights: [insight('ERROR')] })).toMatchObject({
    ...{ status: 'done', codes: ['AtTarget'] },
  });
});

test('what the rollback itself mends is no end of it', async () => {
  const insights = [insight('ERROR', 'Kubelet version skew'), insight('PASSING'), insight('WARNING', 'x')];
  expect((await checked({ insights })).status).toBe('done');
});

const fits = { cni: { 'v1.0.0': ['1.36', '1.37'] } };
test('an add-on that has a version there can go there', async () => {
  expect((await checked({ addons: { cni: {} }, offers: fits })).said).toContain('1 add-on can go there');
});

test.each<[string, Given, string, string]>([
  ['two minors lie between', { described: { version: '1.38' } }, 'blocked', 'NotOneMinorBack'],
  ['it would go up', { described: { version: '1.35' } }, 'blocked', 'NotOneMinorBack'],
  ['EKS looks anew', { refresh: 'IN_PROGRESS' }, 'wait', 'RefreshingInsights'],
  ['somebody changes the cluster', { updates: { cluster: [{ id: 'x' }] } }, 'parked', 'ForeignUpdate'],
  ['the seven days are over', { hops: [hop(7)] }, 'blocked', 'TooLate'],
  ['EKS finds something', { insights: [insight('ERROR')] }, 'blocked', 'RollbackInsight'],
  ['EKS cannot tell', { insights: [insight('UNKNOWN', 'Kubelet version skew')] }, 'blocked', 'RollbackInsight'],
  [
    'nodes follow that Liftlock does not move',
    { nodes: [node('v1.37.0', { 'karpenter.sh/nodepool': 'spot' })] },
    ...(['blocked', 'NodesFirst'] as const),
  ],
  [
    'nobody may read its nodes',
    { nodes: new ClusterAccessError('ClusterForbidden', 'no') },
    ...(['blocked', 'ClusterForbidden'] as const),
  ],
  [
    'its API server fails, which may pass',
    { nodes: new ClusterAccessError('ClusterServerFault', '503'), minutes: 14 },
    ...(['wait', 'ClusterServerFault'] as const),
  ],
  [
    'its API server does not answer, which may pass',
    { nodes: new ClusterAccessError('ClusterUnreachable', 'ECONNRESET') },
    ...(['wait', 'ClusterUnreachable'] as const),
  ],
  [
    'its API server has failed for a quarter of an hour',
    { nodes: new ClusterAccessError('ClusterServerFault', '503'), minutes: 20, failing: 15 },
    ...(['blocked', 'ClusterServerFault'] as const),
  ],
  [
    'its API server fails for the first time, after insights were waited for',
    { nodes: new ClusterAccessError('ClusterServerFault', '503'), minutes: 20 },
    ...(['wait', 'ClusterServerFault'] as const),
  ],
  [
    'its API server fails, as it did in an execution before',
    { nodes: new ClusterAccessError('ClusterServerFault', '503'), minutes: 5, failing: 15 },
    ...(['wait', 'ClusterServerFault'] as const),
  ],
  [
    'nobody may read the nodes of one that is half-way back',
    { nodes: new ClusterAccessError('ClusterForbidden', 'no'), mutated: true },
    ...(['parked', 'ClusterForbidden'] as const),
  ],
  [
    'it is too late for one that is half-way back, whatever nobody may read of it',
    { hops: [hop(7)], nodes: new ClusterAccessError('ClusterForbidden', 'no'), mutated: true },
    ...(['blocked', 'TooLate'] as const),
  ],
  ['EKS gives no endpoint', { described: { endpoint: undefined } }, 'blocked', 'NoEndpoint'],
  [
    'something of it cannot be read',
    { more: { listFargateProfiles: () => Promise.reject(failing('AccessDeniedException')) } },
    ...(['blocked', 'ScanIncomplete'] as const),
  ],
  [
    'an add-on has no version there',
    { addons: { cni: {} }, offers: { cni: { 'v1.0.0': ['1.37'] } } },
    'blocked',
    'AddonIncompatible',
  ],
  ['EKS lists no versions of an add-on', { addons: { cni: {} } }, 'blocked', 'AddonUnknown'],
  [
    'a group with an AMI of its own has followed',
    {
      nodegroups: { a: { version: '1.37', amiType: 'CUSTOM' } },
      nodes: [node('v1.37.0', { 'eks.amazonaws.com/nodegroup': 'a' })],
    },
    ...(['blocked', 'NodesFirst'] as const),
  ],
  [
    'the policy names an image of a group with an AMI of its own, and there is none for the minor',
    {
      nodegroups: { a: { version: '1.37', amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '3' } } },
      spec: { nodes: { images: [{ owners: ['self'], tags: { minor: '{version}' } }] } },
      nodes: [node('v1.37.0', { 'eks.amazonaws.com/nodegroup': 'a' })],
    },
    ...(['blocked', 'CustomImage'] as const),
  ],
  ['the policy is not there to be read', { spec: { nodes: 7 } }, 'parked', 'PolicyNotConfigured'],
])('nothing begins where %s', async (_, given, status, code) => {
  const answer = await checked(given);
  expect([answer.status, answer.codes]).toEqual([status, expect.arrayContaining([code])]);
});

test.each<[string, Given, string, readonly string[]]>([
  [
    'waits, and tells what its record has in the way, too',
    { seenBefore: [node('v1.37.0', { 'karpenter.sh/nodepool': 'spot' })] },
    'parked',
    ['ClusterForbidden', 'NodesFirst'],
  ],
  ['ends by what EKS finds', { insights: [insight('ERROR')] }, 'blocked', ['RollbackInsight', 'ClusterForbidden']],
  [
    'ends by an add-on that has no version there',
    { addons: { cni: {} }, offers: { cni: { 'v1.0.0': ['1.37'] } } },
    'blocked',
    ['AddonIncompatible', 'ClusterForbidden'],
  ],
])('one that is half-way back, and whose nodes nobody may read, %s', async (_, given, status, codes) => {
  const nodes = new ClusterAccessError('ClusterForbidden', 'no');
  expect(await checked({ ...given, nodes, mutated: true })).toMatchObject({ status, codes });
});

const refused = () => Promise.reject(failing('AccessDeniedException'));
test.each<[string, Given]>([
  ['add-ons', { more: { listAddons: refused } }],
  ['versions of an add-on', { addons: { cni: {} }, more: { describeAddonVersions: refused } }],
  ['insights', { more: { listInsights: refused } }],
])('where nobody may list its %s, that is told once, beside everything else', async (_, given) => {
  const nodes = [node('v1.37.0', { 'karpenter.sh/nodepool': 'spot' })];
  const of = (mutated: boolean) => checked({ ...given, nodes, mutated });
  expect(await of(false)).toMatchObject({ status: 'blocked', codes: ['NodesFirst', 'ScanIncomplete'] });
  const parked = await of(true);
  expect(parked).toMatchObject({ status: 'parked', codes: ['ScanIncomplete', 'NodesFirst'] });
  expect(parked.said.split('Run: liftlock access check')).toHaveLength(2);
});

test.each<[string, readonly Node[], string]>([
  ['is behind', [node('v1.36.2', { 'eks.amazonaws.com/nodegroup': 'a' })], 'done'],
  ['runs what nobody can read', [node('?', { 'eks.amazonaws.com/nodegroup': 'a' })], 'blocked'],
  ['has followed', [node('v1.37.0', { 'eks.amazonaws.com/nodegroup': 'a' })], 'blocked'],
])('without an image for the minor before, a group with an AMI of its own that %s', async (_, nodes, status) => {
  const nodegroups = { a: { version: '1.37', amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '3' } } };
  const spec = {
    nodes: { images: [{ owners: ['self'], table: { '1.37': { 'eu-central-1': 'ami-0a36aabb11223344f' } } }] },
  };
  expect((await checked({ nodegroups, nodes, spec })).status).toBe(status);
});

test('an add-on that is removed meanwhile stands against nothing', async () => {
  let looks = 0;
  const describeAddon = async (_: object, input: { clusterName: string; addonName: string }) => {
    looks += 1;
    if (looks > 1) throw failing('ResourceNotFoundException');
    return { ...input, addonVersion: 'v1.0.0', status: 'ACTIVE' };
  };
  const given = { addons: { cni: {} }, offers: { cni: { 'v1.0.0': ['1.37'] } }, more: { describeAddon } };
  expect(await checked(given)).toMatchObject({ status: 'done', codes: ['Looked'] });
  expect(looks).toBe(2);
});

test('with checks of EKS alone nobody asks the API server', async () => {
  const nodes = new ClusterAccessError('ClusterForbidden', 'no');
  expect((await checked({ nodes, spec: { verification: 'eks-api' } })).status).toBe('done');
});

test('what EKS says of kubelets is in the way where nobody reads nodes, unless its groups or EKS itself take them back', async () => {
  const spec = { verification: 'eks-api' };
  const asked = { spec, insights: [insight('ERROR', 'Kubelet version rollback compatibility')] };
  const followed = { nodegroups: { a: { version: '1.37' } } };
  const autoMode = { described: { computeConfig: { enabled: true } } };
  const fargate = { more: { listFargateProfiles: async () => ['f'] } };
  expect(await checked(asked)).toMatchObject({ status: 'blocked', codes: ['RollbackInsight'] });
  expect(await checked({ ...asked, ...followed, ...fargate })).toMatchObject({ status: 'blocked' });
  expect(await checked({ ...asked, ...followed })).toMatchObject({ status: 'done' });
  expect(await checked({ ...asked, ...autoMode })).toMatchObject({ status: 'done' });
  const addons = [insight('ERROR', 'EKS add-on version rollback compatibility')];
  expect(await checked({ spec, insights: addons })).toMatchObject({ status: 'done' });
});

test('a fault of the API server is none of no nodes', async () => {
  await expect(checked({ nodes: new Error('fault') })).rejects.toThrow('fault');
});

describe('of an upgrade that somebody else has made the seven days count from when EKS began it', () => {
  const update = (more: object) => ({
    ...{ id: 'u-9', type: 'VersionUpdate', status: 'Successful', createdAt: new Date(daysAgo(2)) },
    params: [
      { type: 'PlatformVersion', value: 'eks.1' },
      { type: 'Version', value: '1.37' },
    ],
    ...more,
  });
  const told = (...updates: object[]) => checked({ hops: [], updates: { cluster: updates as never } });

  test('where EKS still lists it', async () => {
    expect(await told(update({}))).toMatchObject({
      ...{ status: 'done', said: expect.stringContaining(daysAgo(-5)) },
      found: { reversibleFrom: daysAgo(2), reversibleUntil: daysAgo(-5) },
    });
    expect(await told(update({ createdAt: new Date(daysAgo(8)) }))).toMatchObject({
      ...{ codes: ['TooLate'], said: expect.stringContaining(`EKS began the upgrade to 1.37 at ${daysAgo(8)}`) },
      found: { reversibleFrom: daysAgo(8) },
    });
  });

  test('and from the last one to this minor, in whatever order EKS lists them: the one before was taken back', async () => {
    const updates = [8, 2, 9].map((days, index) => update({ id: `u-${index}`, createdAt: new Date(daysAgo(days)) }));
    expect(await told(...updates)).toMatchObject({ status: 'done', found: { reversibleFrom: daysAgo(2) } });
  });

  test('and of hundreds some are read at each look, until all are', async () => {
    const updates = Array.from({ length: 100 }, (_, index) =>
      update({ id: `u-${index}`, createdAt: new Date(daysAgo(((index + 50) % 100) + 1)) }),
    );
    let asked = 0;
    const more = {
      describeUpdate: async (_: object, { updateId }: { updateId: string }) => {
        asked += 1;
        return updates.find(({ id }) => id === updateId) as never;
      },
    };
    const look = (detail: Awaited<ReturnType<typeof checked>>['detail']) =>
      checked({ hops: [], updates: { cluster: updates as never }, settled: updates.map(({ id }) => id), more, detail });
    const first = await look(undefined);
    const second = await look(first.detail);
    expect([first, second].map(({ status, codes }) => [status, codes])).toEqual(
      [1, 2].map(() => ['wait', ['ReadingUpdates']]),
    );
    const { status, found } = await look(second.detail);
    expect([status, found?.reversibleFrom, asked]).toEqual(['done', daysAgo(1), 100]);
  });

  test.each([
    ['that has failed', { status: 'Failed' }],
    ['of something else', { type: 'VpcConfigUpdate' }],
    ['of no version', { params: [] }],
    ['to another version', { params: [{ type: 'Version', value: '1.36' }] }],
  ])('and not from one %s', async (_, more) => {
    expect(await told(update(more))).toMatchObject({
      ...{ status: 'blocked', codes: ['NotObserved'] },
      said: expect.stringContaining('EKS has none on file either'),
    });
    expect(kindOf('NotObserved')).toBe('lasting');
  });
});
