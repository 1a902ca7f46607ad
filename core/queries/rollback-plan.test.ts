import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import {
  calendarConfig,
  clock,
  cluster,
  grant,
  KEY,
  type Kept,
  keep,
  NOON,
  policyConfig,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { quoted } from '../contracts/step-result.ts';
import { planRollback } from './rollback-plan.ts';

const hop = (hours: number): Upgrade =>
  upgrade({
    ...{ status: 'Succeeded', mutated: true },
    controlPlaneCompletedAt: new Date(NOON.getTime() - hours * 3_600_000).toISOString(),
  });
const back = (given: Partial<Upgrade>): Upgrade => ({
  ...upgrade({ id: 'rollback-1.37-1.36', machine: 'rollback-cluster', from: '1.37', to: '1.36', ...given }),
  ...{ rolloutId: undefined, waveIndex: undefined },
});

async function planned(kept: Kept = {}, more: Partial<ClusterRecord> = {}) {
  const table = new MemoryTable();
  const record = { ...cluster, version: '1.37', versionObservedAt: NOON.toISOString(), lastSeenAt: NOON.toISOString() };
  const others = { rollout: undefined, waves: [], member: undefined };
  await keep(table, { cluster: { ...record, ...more }, upgrades: [hop(2)], ...others, ...kept });
  const plan = await planRollback({ table, clock }, { ...record, ...more });
  return { ...plan, codes: plan.refusals.map(({ code }) => code), noted: plan.notes.map(({ code }) => code) };
}

test('it says where it leads, until when, and what it would do, in the order of its steps', async () => {
  const plan = await planned();
  expect(plan).toMatchObject({ clusterKey: KEY, from: '1.37', to: '1.36', status: 'NotApproved', codes: [] });
  expect(plan.until).toBe('2026-11-27T10:00:00.000Z');
  expect(plan.checks.map((one) => one.split(':')[0])).toEqual([
    ...['request-grant', 'scan-cluster', 'roll-node-group', 'update-addons-back', 'rollback-control-plane'],
    ...['smoke-check', 'Then the cluster is held'],
  ]);
});

test.each(['Parked', 'Pending'] as const)('of one that was asked for already and is %s it says so', async (status) => {
  const { notes } = await planned({ upgrades: [hop(2), back({ status, requestedBy: 'ann' })] });
  expect(notes.find(({ code }) => code === 'RollingBack')?.message).toBe(
    `A rollback to 1.36 was asked for already, by ann, and is ${status}. What it waits for: liftlock explain cluster web`,
  );
});

test('of one that runs it says that alone, and where it stands: what would keep another one away is no matter', async () => {
  const steps: Upgrade['steps'] = {
    'roll-node-group': {
      status: 'running',
      startedAt: NOON.toISOString(),
      reasons: [quoted('UpdateInProgress', 'workers goes back.')],
    },
  };
  const running = back({ status: 'Running', mutated: true, steps, startedAt: NOON.toISOString() });
  const { codes, refusals, notes, status } = await planned({
    ...{ upgrades: [hop(2), running], grant: grant({ upgradeId: running.id }) },
    control: { stopped: true },
  });
  expect([status, codes, notes.map(({ message }) => message)]).toEqual([
    'Blocked',
    ['RollingBack'],
    ['The rollback from 1.37 to 1.36 runs: roll-node-group runs since 2026-11-20T12:00:00.000Z.', 'workers goes back.'],
  ]);
  expect(refusals[0]?.message).toContain('The rollback to 1.36 runs since');
});

const held = { clusterKey: KEY, held: { reason: quoted('UpdateFailed', 'no'), since: NOON.toISOString() } };
test.each<[string, Kept, Partial<ClusterRecord>]>([
  ['a hold', { clusterControl: held }, {}],
  ['a tag that keeps Liftlock away', {}, { tags: { 'liftlock/paused': 'true' } }],
  ['a pin', {}, { tags: { 'liftlock/pin-version': '1.37' } }],
  ['an upgrade of somebody else, whose end nobody saw', { upgrades: [] }, {}],
])('%s is not in its way', async (_, kept, more) => {
  expect((await planned(kept, more)).codes).toEqual([]);
});

test.each<[string, Kept, Partial<ClusterRecord>, string]>([
  ['the seven days are over', { upgrades: [hop(24 * 7)] }, {}, 'TooLate'],
  [
    'the one before was told by EKS that it is too late',
    { upgrades: [back({ status: 'Blocked', endedAt: NOON.toISOString(), reasons: [quoted('TooLate', 'over')] })] },
    {},
    'TooLate',
  ],
  ['the fleet is stopped', { control: { stopped: true } }, {}, 'FleetStopped'],
  ['nothing is applied', { fleet: undefined }, {}, 'FleetNotConfigured'],
  [
    'nodes go first that Liftlock does not move',
    {},
    { otherNodes: { seenAt: NOON.toISOString(), groups: [{ kind: 'fargate', version: '1.37', count: 1 }] } },
    'NodesFirst',
  ],
])('it is refused where %s', async (_, kept, more, code) => {
  expect(await planned(kept, more)).toMatchObject({ status: 'Blocked', codes: [code] });
});

const short = { name: 'short', schedule: '0 22 * * *', duration: '30m' };
/** Rollbacks wait for windows here. Compiled calendars are kept by revision, which a name replaces. */
const obeys = (...windows: readonly Record<'name' | 'schedule' | 'duration', string>[]): Kept => {
  const name = ['until', ...windows.map((one) => one.name)].join('-');
  const policy = policyWith({ name: 'p', waves: `[{ name: all, calendar: ${name} }]` });
  const spec = { ...policy.spec, rollback: { ...policy.spec.rollback, windows: 'obey' } } as const;
  return {
    policy: { ...policyConfig({ ...policy, spec }), revision: name },
    calendars: [calendarConfig(name, { timeZone: 'UTC', windows, freezes: [] })],
  };
};
const inTime = { name: 'saturday', schedule: '0 8 * * SAT', duration: '4h' };
const late = { name: 'monthly', schedule: '0 8 1 * *', duration: '4h' };
const BREAK = ': liftlock break-glass cluster web --reason WHY lets it go on before that.';

test.each<[string, (typeof short)[], string[], string]>([
  [
    'the first that it fits into is named',
    [inTime],
    [],
    'it fits when the window saturday opens at 2026-11-21T08:00+00:00.',
  ],
  [
    'none comes before EKS takes it back no more',
    [late],
    ['TooLate'],
    `it fits into none before 2026-12-01T08:00:00.000Z${BREAK}`,
  ],
  ['none is long enough', [], ['TooLate'], `of the openings of its calendars it fits into none${BREAK}`],
])('where windows refuse it and the next one is too short, %s', async (_, windows, more, said) => {
  const { codes, refusals } = await planned(obeys(short, ...windows));
  expect(codes).toEqual(['WindowClosed', 'WindowTooShort', ...more]);
  expect(refusals.at(-1)?.message).toContain(said);
});

test('what has begun to go back goes on in a window that it would not begin in', async () => {
  const kept = obeys({ name: 'noon', schedule: '0 12 * * *', duration: '30m' });
  const left = { ...kept, upgrades: [hop(2), back({ status: 'Failed', mutated: true })] };
  expect((await planned(left, { version: '1.36' })).codes).toEqual([]);
  expect((await planned(kept)).codes).toContain('WindowTooShort');
});

test('what runs there is not in its way, and parks first', async () => {
  const { codes, noted } = await planned({ grant: grant() });
  expect([codes, noted]).toEqual([[], ['GrantBusy']]);
  expect((await planned({ grant: grant({ status: 'free' }) })).noted).toEqual([]);
});

test.each<[string, Upgrade['steps'], string]>([
  ['that rolls nodes parks at its next change', {}, 'parks at its next change.'],
  [
    'in its smoke check, which changes nothing, looks on to its end',
    { 'smoke-check': { status: 'running', startedAt: NOON.toISOString(), reasons: [] } },
    'looks on to its end, since a smoke check changes nothing;',
  ],
])('a hop %s, and the rollback begins after that', async (_, steps, said) => {
  const { notes } = await planned({ grant: grant(), upgrades: [{ ...hop(1), status: 'Running', steps }] });
  const [told] = notes.filter(({ code }) => code === 'GrantBusy');
  expect(told?.message).toContain(`The upgrade to 1.37 runs there and ${said}`);
  expect(told?.message).toMatch(/ The rollback begins after that.$/);
});

test('one whose control plane is back goes on with what is left, as long as that is not through', async () => {
  const at = { version: '1.36' };
  const left = await planned({ upgrades: [hop(2), back({ status: 'Failed', mutated: true })] }, at);
  expect(left).toMatchObject({ status: 'NotApproved', from: '1.37', to: '1.36', codes: [] });
  for (const one of [
    back({ status: 'Succeeded', mutated: true }),
    back({ status: 'Canceled', mutated: true }),
    back({ status: 'Blocked', mutated: false }),
  ])
    expect(await planned({ upgrades: [hop(2), one] }, at)).toMatchObject({ from: '1.36', codes: ['TakenBackOnce'] });
});

test('of a cluster that is gone there is no plan', async () => {
  await expect(planned({}, { deletedAt: NOON.toISOString() })).rejects.toMatchObject({ name: 'ClusterGone' });
});

test.each<[string, 'UpdateInProgress' | 'HookWaits', readonly string[]]>([
  ['is on its way up', 'UpdateInProgress', ['UpgradeUnderWay']],
  ['waits for a hook before it is moved', 'HookWaits', []],
])('from a minor that a control plane leaves there is no way back, and it %s', async (_, code, codes) => {
  const startedAt = NOON.toISOString();
  const step = { status: 'running' as const, startedAt, reasons: [quoted(code, 'x')] };
  const up = upgrade({ status: 'Running', mutated: true, steps: { 'upgrade-control-plane': step } });
  const before = { ...hop(2), id: '1.35-1.36', from: '1.35', to: '1.36' };
  const plan = await planned({ upgrades: [before, up] }, { version: '1.36' });
  expect(plan.codes).toEqual(codes);
});
