import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import {
  addonPatchesOf,
  addonPatchesUnknown,
  addonPatchReason,
  canFinish,
  lagCode,
  lagOf,
  lagReason,
  unseenText,
  whoFinishes,
} from './lag.ts';

const policy = { metadata: { name: 'p' }, spec: { finish: 'propose' } } as const;
type Group = Pick<ClusterRecord['nodegroups'][number], 'name' | 'version' | 'amiType'>;
const record = (version: string, ...groups: readonly Group[]) =>
  clusterRecord({
    name: 'web',
    version,
    nodegroups: groups.map((group) => ({ ...group, status: 'ACTIVE', issues: [] })),
  });

test.each<[string, Group, [string, string, string] | undefined]>([
  ['one minor behind', { name: 'g', version: '1.36' }, ['managed', '1.36', '1.40']],
  ['three minors behind', { name: 'g', version: '1.34' }, ['managed', '1.34', '1.38']],
  ['too far behind already', { name: 'g', version: '1.32' }, ['managed', '1.32', '1.38']],
  ['of a custom AMI', { name: 'g', version: '1.36', amiType: 'CUSTOM' }, ['customAmi', '1.36', '1.40']],
  ['where the control plane is', { name: 'g', version: '1.37' }, undefined],
  ['newer than the control plane', { name: 'g', version: '1.38' }, undefined],
  ['of no version', { name: 'g', version: undefined, amiType: 'CUSTOM' }, undefined],
  ['of a version that nobody can read', { name: 'g', version: 'latest' }, undefined],
])('a group %s', (_, group, lag) => {
  const [found] = lagOf(record('1.37', group), undefined);
  expect(found && [found.kind, found.version.toString(), found.blocks.toString()]).toEqual(lag);
});

test('kubelets older than 1.25 may be two minors behind', () => {
  expect(lagOf(record('1.25', { name: 'g', version: '1.24' }), undefined)[0]?.blocks.toString()).toBe('1.27');
});

test('the oldest comes first, and says what it stops', () => {
  const behind = record('1.37', { name: 'new', version: '1.36' }, { name: 'ml', version: '1.34', amiType: 'CUSTOM' });
  expect(lagReason(behind, undefined)).toEqual({
    code: 'NodesBehind',
    message:
      'The control plane of web is at 1.37, and nodes are behind: ml is at 1.34 (a custom AMI: whoever owns the launch template rolls it) and stops the hop to 1.38; new is at 1.36 and stops the hop to 1.40.',
  });
  expect(lagReason(record('1.37', { name: 'ml', version: '1.34', amiType: 'CUSTOM' }), undefined)?.code).toBe(
    'ManualNodes',
  );
  expect(lagReason(record('1.37', { name: 'g', version: '1.37' }), undefined)).toBeUndefined();
});

const addon = (name: string, more: Partial<ClusterRecord['addons'][number]>) => ({
  ...{ name, version: 'v1', status: 'ACTIVE', issues: [] },
  ...more,
});
const own: Group = { name: 'ml', version: '1.36', amiType: 'CUSTOM' };

test.each<[string, object, string | undefined]>([
  ['more than three minors older, and EKS was not asked', { version: 'v1.32.6-eksbuild.2' }, 'AddonsBehind'],
  ['three minors older', { version: 'v1.34.1-eksbuild.2' }, undefined],
  ['newer than the API server', { version: 'v1.38.0-eksbuild.1' }, undefined],
  ['listed by EKS all the same', { version: 'v1.32.6-eksbuild.2', compatible: true }, undefined],
  ['of a version that cannot be read', { version: 'latest' }, undefined],
])('kube-proxy follows the skew policy where nobody knows what EKS lists: %s', (_, more, code) => {
  const cluster = { ...record('1.37'), addons: [addon('kube-proxy', more), addon('coredns', more)] };
  expect(lagCode(cluster, undefined)).toBe(code);
});

test('a kube-proxy that is too old is told in the words of the skew policy', () => {
  const addons = [addon('kube-proxy', { version: 'v1.32.6-eksbuild.2' })];
  expect(lagReason({ ...record('1.37'), addons }, undefined)?.message).toBe(
    'The control plane of web is at 1.37, and add-ons are behind: kube-proxy on every node is 1.32, 5 minors older than an API server at 1.37; at most 3 are allowed. Update it first.',
  );
});

test.each<[string, readonly Group[], Partial<ClusterRecord['addons'][number]>, string | undefined, boolean]>([
  ['that EKS lists', [], { compatible: true }, undefined, false],
  ['of which nothing is known', [], {}, undefined, false],
  ['that EKS does not list', [], { compatible: false, wants: 'v2' }, 'AddonsBehind', true],
  ['that has no way to what EKS lists', [], { compatible: false }, 'AddonsBehind', false],
  ['beside a managed group', [{ name: 'g', version: '1.36' }], { compatible: false }, 'NodesBehind', true],
  ['beside a custom AMI', [own], { compatible: false, wants: 'v2' }, 'AddonsBehind', true],
  ['that fits, beside a custom AMI', [own], { compatible: true }, 'ManualNodes', false],
])('an add-on %s', (_, groups, more, code, finishes) => {
  const cluster = { ...record('1.37', ...groups), addons: [addon('vpc-cni', more)] };
  expect([lagCode(cluster, undefined), lagReason(cluster, undefined)?.code, canFinish(cluster, undefined)]).toEqual([
    code,
    code,
    finishes,
  ]);
});

test('everything that is behind is named', () => {
  const addons = [addon('vpc-cni', { compatible: false, wants: 'v2' }), addon('own', { compatible: false })];
  expect(lagReason({ ...record('1.37', { name: 'g', version: '1.36' }), addons }, undefined)?.message).toBe(
    'The control plane of web is at 1.37, and nodes are behind: g is at 1.36 and stops the hop to 1.40. Its add-ons are behind: vpc-cni v1 is not listed for 1.37, and goes to v2; own v1 is not listed for 1.37, and no version leads there: update or remove it by hand.',
  );
});

type Others = NonNullable<ClusterRecord['otherNodes']>['groups'];
const seenAt = '2026-11-20T08:00:00.000Z';
const withOthers = (groups: Others, ...managed: readonly Group[]) => ({
  ...record('1.37', ...managed),
  otherNodes: { seenAt, groups },
});
const pool = (name: string, version: string, count = 2): Others[number] => ({
  kind: 'karpenter',
  name,
  version,
  count,
});

test.each<[string, Others[number], string, string]>([
  [
    'self-managed, of a group',
    { kind: 'selfManaged', name: 'own', version: '1.36', count: 2 },
    '2 self-managed nodes of own at 1.36 (whoever owns the instances replaces them) stop the hop to 1.40',
    'Whoever owns the instances replaces them',
  ],
  [
    'of Karpenter',
    pool('spot', '1.34'),
    '2 Karpenter nodes of spot at 1.34 (Karpenter replaces such nodes by drift, as its node class and budgets let it) stop the hop to 1.38',
    'Karpenter replaces such nodes by drift, as its node class and budgets let it',
  ],
  [
    'of Fargate, and one alone',
    { kind: 'fargate', version: '1.35', count: 1 },
    '1 Fargate node at 1.35 (whoever owns the pods restarts them) stops the hop to 1.39',
    'Whoever owns the pods restarts them',
  ],
  [
    'of Auto Mode',
    { kind: 'autoMode', name: 'system', version: '1.36', count: 2 },
    '2 Auto Mode nodes of system at 1.36 (EKS replaces such nodes by itself, within 21 days) stop the hop to 1.40',
    'EKS replaces such nodes by itself, within 21 days',
  ],
  [
    'hybrid',
    { kind: 'hybrid', version: '1.36', count: 3 },
    '3 hybrid nodes at 1.36 (whoever runs the machines upgrades them with nodeadm) stop the hop to 1.40',
    'Whoever runs the machines upgrades them with nodeadm',
  ],
  [
    'of nobody knows whom',
    { kind: 'unknown', version: '1.32', count: 2 },
    '2 unknown nodes at 1.32 (whoever runs the machines replaces them) stop the hop to 1.38',
    'Whoever runs the machines replaces them',
  ],
])('nodes %s that are behind are told with who moves them', (_, nodes, text, who) => {
  const cluster = withOthers([nodes]);
  expect(lagReason(cluster, undefined)).toEqual({
    code: 'ManualNodes',
    message: `The control plane of web is at 1.37, and nodes are behind (those outside managed groups as seen at ${seenAt}): ${text}.`,
  });
  expect(whoFinishes(cluster, policy)).toBe(`${who}; liftlock scan cluster web looks again`);
  expect([lagCode(cluster, undefined), canFinish(cluster, undefined)]).toEqual(['ManualNodes', false]);
});

test('nodes outside managed groups are behind what the control plane is at now, not what it was at when they were seen', () => {
  const groups = [pool('spot', '1.36'), pool('new', '1.37'), { ...pool('odd', 'unknown'), count: 1 }];
  expect(lagOf({ ...withOthers(groups), version: '1.36' }, undefined)).toEqual([]);
  expect(lagOf(withOthers(groups), undefined).map(({ kind, name, count }) => [kind, name, count])).toEqual([
    ['karpenter', 'spot', 2],
  ]);
});

const images = [{ owners: ['self'], tags: { minor: '{version}' } }];
const ofGroup = (name: string, version: string): Others[number] => ({ kind: 'managed', name, version, count: 2 });
test.each<[string, string, Others, [string, string] | undefined]>([
  ['that nobody has read', '1.36', [], ['ml', '1.36']],
  ['that are older than EKS says', '1.37', [ofGroup('ml', '1.37'), ofGroup('ml', '1.36')], ['ml', '1.36']],
  ['that are newer than EKS says', '1.36', [ofGroup('ml', '1.37')], undefined],
  ['of which others alone were read', '1.36', [ofGroup('other', '1.34')], ['ml', '1.36']],
])('the nodes of a group with an AMI of its own %s tell where it is', (_, version, seen, lag) => {
  const cluster = withOthers(seen, { ...own, version });
  const told = (spec: Parameters<typeof lagOf>[1]) =>
    lagOf(cluster, spec).map((one) => [one.kind, one.name, String(one.version)]);
  expect(told(undefined)).toEqual(lag === undefined ? [] : [['customAmi', ...lag]]);
  expect(told({ nodes: { images } })).toEqual(lag === undefined ? [] : [['managed', ...lag]]);
  expect(lagCode(cluster, undefined)).toBe(lag && 'ManualNodes');
  expect(lagCode(cluster, { nodes: { images } })).toBe(lag && 'NodesBehind');
});

test('a pool that is called as a group does not tell where the group is', () => {
  const lags = lagOf(withOthers([pool('ml', '1.35')], { ...own, version: '1.37' }), undefined);
  expect(lags.map(({ kind }) => kind)).toEqual(['karpenter']);
});

test('beside a managed group they change nothing of what Liftlock can do, and are named; no more than the oldest three', () => {
  const groups = [pool('a', '1.34'), pool('b', '1.35'), pool('c', '1.36'), pool('d', '1.36', 5), pool('e', '1.36', 6)];
  const cluster = withOthers(groups, { name: 'g', version: '1.36' }, own);
  expect([lagCode(cluster, undefined), canFinish(cluster, undefined)]).toEqual(['NodesBehind', true]);
  const message = lagReason(cluster, undefined)?.message ?? '';
  expect(message).toContain('; 2 Karpenter nodes of c at 1.36 ');
  expect(message).not.toContain('of d ');
  expect(message).toMatch(/; g is at 1.36 .*; 2 more groups are no older\.$/);
  const words = whoFinishes(withOthers(groups, own), policy);
  expect(words).toMatch(/^Karpenter replaces .*; whoever owns the launch template rolls it; liftlock scan cluster web/);
  expect(whoFinishes(record('1.37', own), policy)).toBe('Whoever owns the launch template rolls it');
});

test('that nobody has read the nodes is said; that there are none outside managed groups is not', () => {
  expect(unseenText(record('1.37'))).toBe(' Of its nodes only managed groups were looked at.');
  expect(unseenText(withOthers([]))).toBe('');
});

describe('newer add-ons of the same minor', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  type Addon = ClusterRecord['addons'][number];
  const addon = (more: Partial<Addon> = {}): Addon => ({
    ...{ name: 'coredns', version: 'v1', status: 'ACTIVE', issues: [], compatible: true },
    ...more,
  });
  const newer = [
    { version: 'v2', seenOn: '2026-11-10' },
    { version: 'v3', seenOn: '2026-11-18' },
  ];
  const DAY = 86_400_000;
  const wants = (one: Addon, days: number | undefined) =>
    addonPatchesOf({ addons: [one] }, days && days * DAY, now).map((patch) => patch.wants);

  test.each<[string, Addon, number | undefined, string[]]>([
    ['the newest', addon({ newer }), 0, ['v3']],
    ['the newest that was known for so long', addon({ newer }), 3, ['v2']],
    ['none while none was known for so long', addon({ newer }), 30, []],
    ['none where there is none', addon({ newer: [] }), 0, []],
    ['none where nobody has asked', addon(), 0, []],
    ['none where it has to go where it fits first', addon({ newer, compatible: false }), 0, []],
    ['none by one that does not ask', addon({ newer }), undefined, []],
  ])('are taken by a policy that asks for them: %s', (_, one, days, expected) => {
    expect(wants(one, days)).toEqual(expected);
  });

  test('it is known since when the first of them is there, whichever is taken', () => {
    const [found] = addonPatchesOf({ addons: [addon({ newer })] }, 0, now);
    expect(found).toMatchObject({ wants: 'v3', seenOn: '2026-11-18', newerSince: '2026-11-10' });
  });

  test('are told by name, and that nobody knows of them as well', () => {
    const spec = { patch: { addons: {} } };
    const many = Array.from({ length: 7 }, (_, index) => addon({ name: `a${index}`, newer }));
    expect(addonPatchReason({ name: 'web' }, addonPatchesOf({ addons: many }, 0, now))?.message).toMatch(
      /^Newer versions are there for add-ons of web: a0 v1 goes to v3 \(seen on 2026-11-18\); .*; so do 2 more\.$/,
    );
    const unknown = (one: Addon, unreadable: ClusterRecord['unreadable'] = []) =>
      addonPatchesUnknown({ name: 'web', addons: [one], unreadable }, spec)?.message;
    expect(unknown(addon({ newer: [] }))).toBeUndefined();
    expect(unknown(addon())).toMatch(/nobody has asked EKS about coredns yet/);
    expect(unknown(addon({ newer: [] }), [{ code: 'Unreadable', message: 'denied', part: 'add-ons' }])).toMatch(
      /denied$/,
    );
    expect(addonPatchesUnknown({ name: 'web', addons: [addon()], unreadable: [] }, {})).toBeUndefined();
  });
});
