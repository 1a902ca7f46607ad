import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { reversalOf, rollbackView } from './rollback-view.ts';

const now = new Date('2026-11-20T08:00:00Z');
const daysAgo = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString();
const cluster = {
  version: '1.36',
  versionObservedAt: daysAgo(1),
  ...{ name: 'web', region: 'eu-central-1' },
  nodegroups: [{ name: 'workers', version: '1.35', status: 'ACTIVE', issues: [] }],
  addons: [],
} as unknown as ClusterRecord;
const upgraded = (days: number, steps: object = {}): Upgrade[] => [
  { to: '1.36', status: 'Succeeded', controlPlaneCompletedAt: daysAgo(days), steps } as unknown as Upgrade,
];
const region: RegionVersions | undefined = undefined;

test('within seven days of our own upgrade it is reversible, cheaply while the nodes are behind', () => {
  const view = rollbackView(cluster, { upgrades: upgraded(2), region, now });
  expect(view).toEqual({ status: 'Reversible', to: '1.35', until: daysAgo(-5), reasons: [], blockers: [] });
});

test('where nobody saw its update end, the seven days count from when it began', () => {
  const upgrades = upgraded(2).map((one) => ({ ...one, reversibleFrom: daysAgo(3) }));
  expect(rollbackView(cluster, { upgrades, region, now }).until).toBe(daysAgo(-4));
});

const group = (name: string, version: string, more: object = {}) => ({
  ...{ name, version, status: 'ACTIVE', issues: [], ...more },
});
const reasonsOf = (more: object) =>
  rollbackView({ ...cluster, ...more } as ClusterRecord, { upgrades: upgraded(2), region, now }).reasons;

test('nodes that followed must go back first: each is named with what brings it back', () => {
  const nodegroups = [group('workers', '1.36'), group('old', '1.35'), group('ml', '1.35', { amiType: 'CUSTOM' })];
  const groups = [
    { kind: 'managed', name: 'ml', version: '1.36', count: 2 },
    { kind: 'karpenter', name: 'spot', version: '1.36', count: 3 },
    { kind: 'fargate', version: '1.36', count: 1 },
    { kind: 'hybrid', version: '1.35', count: 4 },
  ];
  const more = { nodegroups, otherNodes: { seenAt: daysAgo(0), groups } };
  const [first, ...others] = reasonsOf(more);
  expect(others).toEqual([
    {
      code: 'NodesGoBack',
      message: 'Nodes run 1.36 and go back to 1.35 first, as liftlock rollback cluster web has it: workers.',
    },
  ]);
  const view = rollbackView({ ...cluster, ...more } as ClusterRecord, { upgrades: upgraded(2), region, now });
  expect(view.blockers).toEqual([first]);
  expect(first).toEqual({
    code: 'NodesFirst',
    message:
      'Nodes run 1.36 and have to go back to 1.35 first, which Liftlock does not do: ml (ml runs a custom AMI: whoever owns its launch template takes it to the version before); 3 Karpenter nodes of spot (its node class has to name an older AMI by id or name, since an alias follows the control plane); 1 Fargate node (their pods have to end, and are started anew afterwards).',
  });
});

test('a group with an AMI of its own goes back where the table of the policy names one for the minor before', () => {
  const nodegroups = [group('ml', '1.36', { amiType: 'CUSTOM' })];
  const groups = [{ kind: 'managed', name: 'ml', version: '1.36', count: 2 }];
  const more = { ...cluster, nodegroups, otherNodes: { seenAt: daysAgo(0), groups } } as ClusterRecord;
  const codesOf = (minors: readonly string[]) => {
    const table = Object.fromEntries(minors.map((minor) => [minor, { [cluster.region]: 'ami-0a' }]));
    const nodes = { images: [{ table, owners: ['self'] }] } as never;
    const { reasons, blockers } = rollbackView(more, { upgrades: upgraded(2), region, now, nodes });
    return [reasons.map(({ code }) => code), blockers.map(({ message }) => message)];
  };
  expect(codesOf(['1.35', '1.36'])).toEqual([['NodesGoBack'], []]);
  expect(codesOf(['1.36'])).toEqual([
    ['NodesFirst'],
    [expect.stringContaining(`ml (The policy names no AMI of 1.35 in ${cluster.region} (spec.nodes.images)`)],
  ]);
});

test('of a group that cannot go back now the reason is told, and many are counted', () => {
  const failed = reasonsOf({ nodegroups: [group('workers', '1.36', { status: 'CREATE_FAILED' })] });
  expect(failed[0]?.message).toContain('workers (The node group workers is CREATE_FAILED');
  const many = reasonsOf({ nodegroups: 'abcdefgh'.split('').map((name) => group(name, '1.36')) });
  expect(many[0]?.message).toMatch(/; and 2 more\.$/);
});

test.each<[string, object, object, boolean]>([
  ['has failed', { status: 'failed' }, {}, true],
  ['runs', { status: 'running', endedAt: null }, {}, true],
  ['has failed, and its nodes were read before', {}, { otherNodes: { seenAt: daysAgo(1.5), groups: [] } }, true],
  ['has failed, and its nodes were read since', {}, { otherNodes: { seenAt: daysAgo(0.5), groups: [] } }, false],
  ['is done', { status: 'done' }, {}, false],
  ['has failed, and EKS says that it is there', {}, { nodegroups: [group('workers', '1.36')] }, false],
])('a group runs both versions while its roll %s: whether its new nodes are told', (_, step, more, isTold) => {
  const roll = { status: 'failed', startedAt: daysAgo(1.9), endedAt: daysAgo(1), reasons: [], ...step };
  const steps = { 'roll-node-group/workers': roll };
  const { reasons } = rollbackView({ ...cluster, ...more } as ClusterRecord, {
    upgrades: upgraded(2, steps),
    region,
    now,
  });
  const told = reasons.filter(({ message }) => message.startsWith('The roll of workers to 1.36 is not through'));
  expect(told.map(({ code }) => code)).toEqual(isTold ? ['NodesGoBack'] : []);
});

const ownAmi = (seenAt: string) => ({
  nodegroups: [{ name: 'workers', status: 'ACTIVE', issues: [], amiType: 'CUSTOM' }],
  otherNodes: { seenAt, groups: [{ kind: 'managed', name: 'workers', version: '1.35', count: 2 }] },
});
test.each<[string, object, string[], object?]>([
  ['since the cluster was last looked at', { lastSeenAt: daysAgo(1.5) }, ['NodesGoBack']],
  ['in the instant at which the cluster was last looked at', { lastSeenAt: daysAgo(1) }, []],
  ['in vain since then', { lastSeenAt: daysAgo(1.5) }, [], { reasons: [{ code: 'AtTarget', message: 'It was.' }] }],
  ['before the cluster was last looked at', { lastSeenAt: daysAgo(0.5) }, []],
  [
    'since its nodes, of an AMI of its own, were read',
    { lastSeenAt: daysAgo(0.5), ...ownAmi(daysAgo(1.5)) },
    ['NodesFirst'],
  ],
  ['before its nodes, of an AMI of its own, were read', { lastSeenAt: daysAgo(1.5), ...ownAmi(daysAgo(0.5)) }, []],
])('a group was rolled %s: whether its nodes go back, whatever was read of it before', (_, read, told, step = {}) => {
  const reasons = [{ code: 'Rolled', message: 'Every node of workers was replaced at 1.36.' }];
  const roll = { status: 'done', startedAt: daysAgo(1.9), endedAt: daysAgo(1), reasons, ...step };
  const steps = { 'roll-node-group/workers': roll };
  const view = rollbackView({ ...cluster, ...read } as ClusterRecord, { upgrades: upgraded(2, steps), region, now });
  expect(view.reasons.map(({ code }) => code)).toEqual(told);
});

test('of nodes that were read before a roll the others stand: of other groups, and those that nobody rolled', () => {
  const nodegroups = [...ownAmi('').nodegroups, group('ml', '1.36', { amiType: 'CUSTOM' })];
  const read = [
    { kind: 'managed', name: 'workers', version: '1.35', count: 2 },
    { kind: 'managed', name: 'ml', version: '1.35', count: 1 },
    { kind: 'karpenter', name: 'workers', version: '1.36', count: 1 },
  ];
  const reasons = [{ code: 'Rolled', message: 'Every node of workers was replaced at 1.36.' }];
  const roll = { status: 'done', startedAt: daysAgo(1.9), endedAt: daysAgo(1), reasons };
  const seen = { ...cluster, lastSeenAt: daysAgo(0.5), nodegroups, otherNodes: { seenAt: daysAgo(1.5), groups: read } };
  const upgrades = upgraded(2, { 'roll-node-group/workers': roll });
  const view = rollbackView(seen as unknown as ClusterRecord, { upgrades, region, now });
  const [first = ''] = view.blockers.map(({ message }) => message);
  expect(['workers (workers runs', 'ml (', 'Karpenter'].filter((text) => first.includes(text))).toHaveLength(2);
  expect(first).not.toContain('ml (');
});

test.each<[string, object | undefined, string, object?]>([
  ['EKS moves it to the next minor', {}, 'NotReversible'],
  ['a hook is asked before that', { reasons: [{ code: 'HookWaits', message: 'Asked.' }] }, 'Reversible'],
  ['its step has failed', { status: 'failed' }, 'Reversible'],
  ['its step has not begun', undefined, 'Reversible'],
  ['somebody has the upgrade parked', {}, 'Reversible', { status: 'Parked' }],
  ['another hop has left that step running', {}, 'Reversible', { id: '1.35-1.36', to: '1.36' }],
])('while %s: the way back to the minor before', (_, step, status, more = {}) => {
  const running = { status: 'running', startedAt: daysAgo(0.1), reasons: [], ...step };
  const steps = step === undefined ? {} : { 'upgrade-control-plane': running };
  const next = { id: '1.36-1.37', to: '1.37', status: 'Running', steps, ...more } as unknown as Upgrade;
  const view = rollbackView(cluster, { upgrades: [next, ...upgraded(2)], region, now });
  const message =
    'The control plane is on its way from 1.36 to 1.37; once it has arrived, liftlock rollback cluster web takes it back to 1.36.';
  const told = status === 'Reversible' ? [] : [{ code: 'UpgradeUnderWay', message }];
  expect([view.status, view.reasons]).toEqual([status, told]);
});

test('a look that finds our hop arrived before its step does is not taken for an upgrade by somebody else', () => {
  const steps = { 'upgrade-control-plane': { status: 'running', startedAt: daysAgo(0.1), reasons: [] } };
  const upgrades = [{ id: '1.35-1.36', to: '1.36', status: 'Running', steps } as unknown as Upgrade];
  expect(rollbackView(cluster, { upgrades, region, now }).reasons[0]?.message).toContain('has just come to 1.36; once');
});

test('of a group with an AMI of its own the nodes tell where it is, not EKS', () => {
  const nodegroups = [group('ml', '1.36', { amiType: 'CUSTOM' })];
  const groups = [{ kind: 'managed', name: 'ml', version: '1.35', count: 2 }];
  expect(reasonsOf({ nodegroups, otherNodes: { seenAt: daysAgo(0), groups } })).toEqual([]);
});

test('while a rollback changes things, nothing is said of what it may have taken back already', () => {
  const nodegroups = [group('workers', '1.36')];
  const back = (more: object) => ({
    id: 'rollback-1.36-1.35',
    machine: 'rollback-cluster',
    status: 'Running',
    steps: {},
    ...more,
  });
  const codesOf = (more: object) =>
    rollbackView({ ...cluster, nodegroups } as ClusterRecord, {
      ...{ upgrades: [...upgraded(2), back(more) as unknown as Upgrade], region, now },
    }).reasons.map(({ code }) => code);
  expect(codesOf({ mutated: true })).toEqual([]);
  expect(codesOf({ mutated: false })).toEqual(['NodesGoBack']);
  expect(codesOf({ mutated: true, status: 'Parked' })).toEqual(['NodesGoBack']);
});

test('kube-proxy goes back before its control plane', () => {
  const addons = (version: string) => ({ addons: [{ name: 'kube-proxy', version, status: 'ACTIVE', issues: [] }] });
  expect(reasonsOf(addons('v1.36.0-eksbuild.1')).map(({ code }) => code)).toEqual(['AddonsFirst']);
  expect(reasonsOf(addons('v1.35.2-eksbuild.1'))).toEqual([]);
});

test('one that was taken back goes back no further, also within the days of the upgrade before', () => {
  for (const at of ['controlPlaneCompletedAt', 'reachedBefore']) {
    const both = [...upgraded(2), { to: '1.37', [at]: daysAgo(1) } as unknown as Upgrade];
    const { status, to, reasons } = rollbackView(cluster, { upgrades: both, region, now });
    expect([status, to, reasons.map(({ code }) => code)]).toEqual(['NotReversible', null, ['TakenBackOnce']]);
  }
  // For another actor's upgrade only the rollback is recorded.
  const machine = 'rollback-cluster';
  const back = {
    id: 'rollback-1.37-1.36',
    from: '1.37',
    to: '1.36',
    machine,
    status: 'Succeeded',
    steps: {},
    endedAt: daysAgo(1),
  };
  expect(rollbackView(cluster, { upgrades: [back as unknown as Upgrade], region, now }).reasons).toEqual([
    expect.objectContaining({ code: 'TakenBackOnce' }),
  ]);
  for (const more of [{ status: 'Failed' }, { from: '1.36', to: '1.35' }])
    expect(
      rollbackView(cluster, { upgrades: [...upgraded(2), { ...back, ...more } as unknown as Upgrade], region, now })
        .status,
    ).toBe('Reversible');
  // A rollback that has begun and did not arrive proves nothing.
  const begun = [...upgraded(2), { to: '1.37' } as unknown as Upgrade];
  expect(rollbackView(cluster, { upgrades: begun, region, now }).status).toBe('Reversible');
});

test('after exactly seven days it is too late', () => {
  expect(rollbackView(cluster, { upgrades: upgraded(7), region, now }).reasons[0]?.code).toBe('TooLate');
});

test('an upgrade to another version says nothing about this one', () => {
  expect(rollbackView({ ...cluster, version: '1.37' }, { upgrades: upgraded(2), region, now }).status).toBe('Unknown');
});

test('going back into extended support under a STANDARD policy needs a change first', () => {
  const late = { ...cluster, version: '1.34', supportType: 'STANDARD' };
  const upgrades = [{ ...upgraded(1)[0], to: '1.34' } as Upgrade];
  expect(rollbackView(late, { upgrades, region, now }).reasons.map(({ code }) => code)).toEqual([
    'NeedsExtendedSupport',
  ]);
});

test.each<[string, string, boolean, string[]]>([
  [
    'in extended support',
    '1.33',
    false,
    ['NeedsExtendedSupport blocks', 'liftlock rollback cluster web --extend-support'],
  ],
  ['in extended support soon', '1.34', false, ['NeedsExtendedLater', 'liftlock rollback cluster web --extend-support']],
  ['in extended support, which Liftlock may ask for', '1.33', true, ['ExtendsSupport', 'it is set to EXTENDED right']],
  ['in extended support soon, which Liftlock may ask for', '1.34', true, ['ExtendsSupport', 'From 2026-12-02T']],
])(
  'of a minor before that is %s, the price is said, and who sets the support type',
  (_, to, mayExtend, [kind, said]) => {
    const late = new Date('2026-11-28T00:00:00Z');
    const at = KubeVersion.parse(to).next().toString();
    const one = { ...cluster, version: at, supportType: 'STANDARD', nodegroups: [] };
    const upgrades = [{ to: at, controlPlaneCompletedAt: late.toISOString(), steps: {} } as unknown as Upgrade];
    const { reasons, blockers } = rollbackView(one, { upgrades, region, now: late, mayExtend });
    expect(reasons.map(({ code }) => `${code}${blockers.length > 0 ? ' blocks' : ''}`)).toEqual([kind]);
    const foreseen = reversalOf({ ...one, version: to }, [KubeVersion.parse(at)], region, { now: late, mayExtend });
    for (const { message } of [reasons[0], foreseen[1]].filter((told) => told !== undefined)) {
      expect(message).toContain(said);
      expect(message).toContain('$12.00 a day');
    }
    expect(foreseen).toHaveLength(2);
  },
);

test.each<[string, object, string]>([
  ['that goes on', { status: 'Parked' }, 'ExtendsSupport'],
  ['that has ended', { status: 'Failed' }, 'NeedsExtendedSupport'],
])('what a person has let the rollback do %s is told of its cluster', (_, more, kind) => {
  const one = { ...cluster, version: '1.34', supportType: 'STANDARD' };
  const asked = { id: 'rollback-1.34-1.33', from: '1.34', to: '1.33', machine: 'rollback-cluster', steps: {} };
  const back = { ...asked, extendSupport: true, ...more } as unknown as Upgrade;
  const { reasons } = rollbackView(one, {
    upgrades: [{ ...upgraded(1)[0], to: '1.34' } as Upgrade, back],
    region,
    now,
  });
  expect(reasons.map(({ code }) => code)).toEqual([kind]);
});

test("others' upgrades are not guessed at while they are recent", () => {
  expect(rollbackView(cluster, { upgrades: [], region, now }).status).toBe('Unknown');
  expect(rollbackView({ ...cluster, versionObservedAt: daysAgo(30) }, { upgrades: [], region, now }).status).toBe(
    'NotReversible',
  );
});

test('of the next hop the way back is told from where the cluster is, and of none where no hop is to come', () => {
  const next = { ...cluster, version: '1.33', supportType: 'STANDARD' };
  const hops = [KubeVersion.parse('1.34')];
  expect(reversalOf(next, hops, region, { now }).map(({ code }) => code)).toEqual([
    'HopReversible',
    'NeedsExtendedSupport',
  ]);
  expect(reversalOf(next, [], region, { now })).toEqual([]);
});

test.each<[string, object, string, string[], string[]]>([
  [
    'is in extended support and may not be set so',
    { state: 'EXTENDED' },
    'Unknown',
    ['NeedsExtendedSupport'],
    ['NeedsExtendedSupport', 'NotObserved'],
  ],
  [
    'is in extended support, which the policy lets be set',
    { state: 'EXTENDED', mayExtend: true },
    'Unknown',
    [],
    ['ExtendsSupport', 'NotObserved'],
  ],
  ['is supported no more', { state: 'NONE' }, 'NotReversible', [], ['VersionUnsupported']],
  ['is in standard support', { state: 'STANDARD' }, 'Unknown', [], ['NotObserved']],
])(
  'of an upgrade that nobody saw end, what EKS asks is known where the minor before %s',
  (_, given, status, blocked, told) => {
    const { state, mayExtend } = given as { state: string; mayExtend?: boolean };
    const ends = { STANDARD: [-90, -400], EXTENDED: [30, -400], NONE: [400, 30] }[state] ?? [];
    const [standard, extended] = ends.map((days) => daysAgo(days));
    const row = {
      version: '1.35',
      status: 'STANDARD_SUPPORT',
      defaultVersion: false,
      endOfStandardSupport: standard,
      endOfExtendedSupport: extended,
    };
    const here = { region: 'eu-central-1', versions: [row], announced: [], checkedAt: daysAgo(0) } as RegionVersions;
    const view = rollbackView({ ...cluster, supportType: 'STANDARD' }, { upgrades: [], region: here, mayExtend, now });
    expect([view.status, view.blockers.map(({ code }) => code), view.reasons.map(({ code }) => code)]).toEqual([
      status,
      blocked,
      told,
    ]);
  },
);

test.each<[string, object, string | null]>([
  ['waits half-way', { status: 'Parked' }, daysAgo(-5)],
  ['has ended since', { status: 'Blocked', endedAt: daysAgo(0.5) }, daysAgo(-5)],
  ['had ended before it came here anew', { status: 'Failed', endedAt: daysAgo(2) }, null],
  ['goes on from the minor before', { status: 'Parked', id: 'rollback-1.35-1.34', to: '1.34' }, null],
])('of an upgrade that somebody else has made a rollback that %s knows what EKS has told it', (_, given, until) => {
  const back = { id: 'rollback-1.36-1.35', to: '1.35', machine: 'rollback-cluster', reasons: [], steps: {}, ...given };
  const upgrades = [{ ...back, reversibleFrom: daysAgo(2) } as unknown as Upgrade];
  expect(rollbackView(cluster, { upgrades, region, now }).until).toBe(until);
  expect(rollbackView(cluster, { upgrades, region, now: new Date(daysAgo(-5)) }).reasons[0]).toEqual({
    code: until === null ? 'NotObserved' : 'TooLate',
    message: expect.stringContaining(until === null ? '' : `EKS began the upgrade to 1.36 at ${daysAgo(2)}`),
  });
});

test('what the last rollback from there was blocked for is told, since a person may not have mended it', () => {
  const reasons = [{ code: 'AddonIncompatible', message: 'EKS lists none.' }];
  const back = { id: 'rollback-1.36-1.35', status: 'Blocked', endedAt: daysAgo(0.5), reasons, steps: {} };
  const view = rollbackView(cluster, { upgrades: [...upgraded(2), back as unknown as Upgrade], region, now });
  const message = `A rollback that was asked for was blocked at ${daysAgo(0.5)}: EKS lists none.`;
  expect([view.status, view.reasons]).toEqual(['Reversible', [{ code: 'AddonIncompatible', message }]]);
  expect(view.blockers).toEqual([]);
  // What is judged anew is not told as it was then, too.
  const nodes = { ...back, reasons: [{ code: 'NodesFirst', message: 'Nodes run 1.36.' }] } as unknown as Upgrade;
  expect(rollbackView(cluster, { upgrades: [...upgraded(2), nodes], region, now }).reasons).toEqual([]);
});

test('a rollback that has arrived promises no further way back by the upgrade that it has taken back', () => {
  const steps = {
    'rollback-control-plane': { status: 'done', endedAt: daysAgo(0), reasons: [], startedAt: daysAgo(0) },
  };
  const back = { id: 'rollback-1.36-1.35', to: '1.35', machine: 'rollback-cluster', status: 'Running', steps };
  const upgrades = [{ ...back, reversibleFrom: daysAgo(2) } as unknown as Upgrade];
  expect(rollbackView({ ...cluster, lastSeenAt: daysAgo(1) }, { upgrades, region, now }).until).toBeNull();
});

test.each<[string, object, string]>([
  ['for being too late', {}, 'NotReversible TooLate'],
  ['for nothing of it on file', { reasons: [{ code: 'NotObserved', message: 'Told.' }] }, 'NotReversible NotObserved'],
  ['for what time or a person heals', { reasons: [{ code: 'NodesFirst', message: 'Told.' }] }, 'Unknown NotObserved'],
  ['before it came here anew', { endedAt: daysAgo(2) }, 'Unknown NotObserved'],
  ['from another version', { id: 'rollback-1.35-1.34' }, 'Unknown NotObserved'],
  ['and is asked for again', { status: 'Running' }, 'Unknown NotObserved'],
])('what a rollback was blocked by %s stands of an upgrade that nobody saw end: %j', (_, given, said) => {
  const reasons = [
    { code: 'ScanIncomplete', message: 'No.' },
    { code: 'TooLate', message: 'Told.' },
  ];
  const back = { id: 'rollback-1.36-1.35', status: 'Blocked', endedAt: daysAgo(0.5), reasons, ...given };
  const { status, reasons: told } = rollbackView(cluster, { upgrades: [back as unknown as Upgrade], region, now });
  expect(`${status} ${told[0]?.code}`).toBe(said);
  expect(told.map(({ message }) => message).includes('Told.')).toBe(status === 'NotReversible');
});
