import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { cluster, fleetConfig, grant, HOLDER, KEY, NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSchema } from '../config/schema/fleet.ts';
import { waveSchema } from '../config/schema/wave.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { reason } from '../contracts/step-result.ts';
import type { HopRules } from '../policy/hop-rules.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { Moment, Situation } from './situation.ts';
import { refusalsAt } from './vetoes.ts';

const { spec: fleet } = fleetSchema.parse(fleetConfig.document);
const MOMENTS: readonly Moment[] = ['grant', 'first', 'later'];

/** A member before its grant, in the rollout's only wave; at a commit its grant is open and it has a place. */
const situation = (moment: Moment, given: Partial<Situation> = {}): Situation => ({
  now: NOON,
  target: KubeVersion.parse('1.37'),
  epoch: { number: 4 },
  fleet,
  control: undefined,
  cluster,
  clusterControl: undefined,
  grant: moment === 'grant' ? undefined : grant(),
  upgrade: moment === 'grant' ? undefined : upgrade({ mutated: moment === 'later' }),
  rollout: rolloutItem(),
  wave: waveItem(),
  member: memberItem(moment === 'grant' ? {} : { status: 'Running', inFlight: true }),
  asker: { arn: HOLDER, name: 'x' },
  ...given,
});
const said = (moment: Moment, given: Partial<Situation>) => refusalsAt(moment, situation(moment, given));
const codes = (moment: Moment, given: Partial<Situation>) => said(moment, given).map(({ code }) => code);
const held = {
  clusterControl: { clusterKey: KEY, held: { since: NOON.toISOString(), reason: reason('X' as never, '') } },
};

test.each<[string, Partial<Situation>, string, readonly Moment[]]>([
  ['no epoch', { epoch: undefined }, 'NoEpoch', MOMENTS],
  ['a lost grant', { grant: grant({ status: 'closing' }) }, 'Superseded', ['first', 'later']],
  ['no cluster', { cluster: undefined }, 'UnknownCluster', MOMENTS],
  ['no Fleet', { fleet: undefined }, 'FleetNotConfigured', MOMENTS],
])('with %s nothing else is told', (_, given, code, moments) => {
  for (const moment of moments) expect(codes(moment, { ...held, ...given })).toEqual([code]);
});

test('several are told in the order of the list, and nothing after one that ends it', () => {
  const paused = { ...cluster, tags: { 'liftlock/paused': 'true' } };
  const much = { control: { stopped: true }, wave: waveItem({ inFlight: 1 }), cluster: paused };
  expect(codes('grant', much)).toEqual(['FleetStopped', 'Excluded', 'WaveFull']);
  expect(codes('grant', { ...much, epoch: undefined })).toEqual(['NoEpoch']);
});

test.each(MOMENTS)('with nothing in the way nothing is told (%s), also to one that a person started', (moment) => {
  expect(codes(moment, {})).toEqual([]);
  const { rolloutId: _, waveIndex: __, ...alone } = upgrade({ mutated: moment === 'later' });
  const byHand = { rollout: undefined, unreadable: false, wave: undefined, member: undefined };
  expect(codes(moment, { ...byHand, upgrade: moment === 'grant' ? undefined : alone })).toEqual([]);
});

test('an execution that nobody names, or without an upgrade, has no grant', () => {
  expect(codes('first', { asker: undefined })).toEqual(['Superseded']);
  expect(codes('first', { upgrade: undefined })).toEqual(['Superseded']);
  expect(codes('first', { grant: undefined })).toEqual(['Superseded']);
});

test('a tag that inventory and EKS both show is told once', () => {
  const tags = { 'liftlock/paused': 'true' };
  expect(codes('first', { cluster: { ...cluster, tags }, tags })).toEqual(['Excluded']);
  expect(codes('first', { cluster: { ...cluster, tags } })).toEqual(['Excluded']);
});

test('what was begun goes on until the calendar closes, what begins must fit in', () => {
  const lunch = calendarOf({ windows: [{ schedule: '0 12 * * *', duration: '45m' }] });
  const rules: HopRules = {
    calendars: [lunch],
    unplaced: [],
    calendarNames: ['prod'],
    calendarReasons: [],
    problems: [],
    mayOverrun: false,
    estimateMilliseconds: 3_600_000,
    policy: policyWith(),
    unreadable: false,
    wave: waveSchema.parse({ name: 'all' }),
  };
  const asked = (now: Date) => MOMENTS.map((moment) => codes(moment, { rules, now })[0]);
  expect(asked(NOON)).toEqual(['WindowTooShort', 'WindowTooShort', undefined]);
  expect(asked(new Date('2026-11-20T12:45:00Z'))).toEqual(['WindowClosed', 'WindowClosed', 'WindowClosed']);
  const closed = { window: { reasons: [reason('WindowClosed', '')] } };
  expect(codes('later', { rules, ...closed })).toEqual(['WindowClosed']);
});

test('one who has a place waits for nobody else: no earlier wave, no full wave, no failure since', () => {
  const member = memberItem({ status: 'Parked', inFlight: true });
  const given = {
    wave: waveItem({ index: 1, inFlight: 1 }),
    earlier: [waveItem({ name: 'before', status: 'Open' })],
    failures: { known: 0, now: 2 },
  };
  expect(codes('grant', { ...given, member })).toEqual([]);
  expect(codes('grant', given)).toEqual(['EarlierWave', 'WaveFull', 'FailedMeanwhile']);
});

test('how many failed meanwhile is told, and as many as were known are none', () => {
  expect(said('grant', { failures: { known: 1, now: 3 } })[0]?.message).toContain('2 more failed in the rollout r');
  for (const failures of [{ known: 3, now: 3 }, { known: 4, now: 3 }, { known: undefined, now: 3 }, undefined])
    expect(codes('grant', { failures })).toEqual([]);
});

test('a rollout of which this upgrade is none cannot be gone', () => {
  const { rolloutId: _, ...alone } = upgrade();
  expect(codes('first', { rollout: undefined, wave: undefined, member: undefined, upgrade: alone })).toEqual([]);
  expect(codes('first', { rollout: undefined })).toEqual(['RolloutGone']);
});

test('a hop that waits is told by the name of its cluster', () => {
  const before = upgrade({ id: '1.35-1.36', from: '1.35', to: '1.36', status: 'Parked', mutated: true });
  expect(said('grant', { before: [before] })[0]?.message).toContain('liftlock explain cluster web');
});

test('whoever applied the policy or began the rollout does not approve it where four eyes are asked for', () => {
  const wave = { name: 'all', approval: { before: true, approvals: 1, fourEyes: true } };
  const rules = { calendars: [], calendarNames: [], problems: [], mayOverrun: false, estimateMilliseconds: 0 };
  const approvedBy = (principal: string) => ({
    rules: { ...rules, policy: policyWith(), wave } as unknown as HopRules,
    policyAppliedBy: ['ann'],
    rollout: rolloutItem({ createdBy: 'bob' }),
    wave: waveItem({
      planHash: 'h',
      approvals: [{ decision: 'Approved' as const, principal, at: NOON.toISOString(), planHash: 'h' }],
    }),
  });
  expect(codes('grant', approvedBy('ann'))).toEqual(['ApprovalMissing']);
  expect(codes('grant', approvedBy('bob'))).toEqual(['ApprovalMissing']);
  expect(codes('grant', approvedBy('eve'))).toEqual([]);
});

test('the last look of a watch needs no window, asked again after a park and by hooks too, and what it would change does', () => {
  const window = { reasons: [reason('WindowClosed', '')] };
  const smokeCheck = { status: 'done' as const, reasons: [], startedAt: NOON.toISOString() };
  const steps = { 'smoke-check': { ...smokeCheck, detail: { wellSince: NOON.toISOString() } } };
  const parked = (code: 'Watching' | 'Baking' | 'Denied' | 'WindowClosed', more: Partial<Upgrade> = {}) =>
    upgrade({ status: 'Parked', mutated: true, reasons: [reason(code, '')], ...more });
  expect(codes('grant', { window, upgrade: parked('Watching') })).toEqual([]);
  expect(codes('grant', { window, upgrade: parked('Baking') })).toEqual(['WindowClosed']);
  expect(codes('grant', { window, upgrade: parked('Denied', { steps }) })).toEqual([]);
  // Otherwise it would be granted and park on its change for ever.
  expect(codes('grant', { window, upgrade: parked('WindowClosed', { steps }) })).toEqual(['WindowClosed']);
  const running = upgrade({ mutated: true, steps });
  expect(codes('later', { window, upgrade: running })).toEqual([]);
  expect(codes('later', { window, upgrade: running, call: 'UpdateAddon' })).toEqual(['WindowClosed']);
});

test('an attempt after one that has changed the cluster is asked for approvals like a first one, or it would be granted and park for ever', () => {
  const wave = { name: 'all', approval: { before: true, approvals: 1, fourEyes: false } };
  const none = { calendars: [], calendarNames: [], problems: [], mayOverrun: false, estimateMilliseconds: 0 };
  const rules = { ...none, policy: policyWith(), wave } as unknown as HopRules;
  const member = memberItem({ status: 'Parked', inFlight: true });
  const again = { mutated: true, firstStartedAt: '2026-11-19T08:00:00.000Z' } as const;
  const asked = (more: Partial<Upgrade>) =>
    codes('grant', { rules, member, upgrade: upgrade({ status: 'Parked', ...more }) });
  expect(asked({ mutated: true })).toEqual([]);
  expect(asked({ mutated: true, status: 'Failed' })).toEqual(['ApprovalMissing']);
  expect(asked({ ...again, noChangeYet: true })).toEqual(['ApprovalMissing']);
  // Otherwise the previous release wrote it, which recorded no more.
  expect(asked(again)).toEqual([]);
});

test('what has changed its cluster goes on without an approval; who keeps a place between two hops does not', () => {
  const none = { calendars: [], calendarNames: [], problems: [], mayOverrun: false, estimateMilliseconds: 0 };
  const wave = { name: 'all', approval: { before: true, approvals: 1, fourEyes: false } };
  const rules = { rules: { ...none, wave } as unknown as HopRules };
  const between = { ...rules, member: memberItem({ status: 'Parked', inFlight: true }) };
  expect(codes('grant', { ...between, upgrade: upgrade({ mutated: true }) })).toEqual([]);
  expect([codes('grant', between), codes('first', between)]).toEqual([['ApprovalMissing'], ['ApprovalMissing']]);
  expect(codes('grant', { ...rules, upgrade: upgrade({ mutated: true }) })).toEqual(['ApprovalMissing']);
});

test('who goes on, also to the next minor, keeps a place that is too many by now, and is not asked for it', () => {
  const full = { wave: waveItem({ countInFlight: true, inFlight: 2 }) };
  const [own, others] = ['r', 'other'].map((rolloutId) => upgrade({ status: 'Succeeded', rolloutId }));
  expect(codes('first', { ...full, before: [others] })).toEqual(['BudgetInFlight']);
  expect(codes('first', { ...full, before: [own] })).toEqual([]);
  expect(codes('first', { ...full, upgrade: upgrade({ mutated: true, noChangeYet: true }) })).toEqual([]);
});

test('a cluster that has its place and has changed nothing waits for one that goes back since, and one that has acted does not', () => {
  const wave = waveItem({ goingBack: ['x'], inFlight: 1 });
  expect([codes('first', { wave }), codes('later', { wave })]).toEqual([['GoesBack'], []]);
  expect(codes('first', { wave, upgrade: upgrade({ mutated: true }) })).toEqual([]);
});

test.each([
  ['whose scan took as long', '2026-11-20T11:40:00.000Z', '2026-11-20T12:00:00.000Z', []],
  ['whose scan took a moment', '2026-11-20T11:59:00.000Z', '2026-11-20T12:00:00.000Z', ['WindowTooShort']],
  // An attempt that ended in the middle of its scan leaves that step as it was, and the next one ends it.
  [
    'whose scan an earlier attempt had begun',
    '2026-11-19T12:00:00.000Z',
    '2026-11-20T11:41:00.000Z',
    ['WindowTooShort'],
  ],
])(
  'a hop that makes its first change half an hour after the opening, %s, fits or does not',
  (_, startedAt, endedAt, expected) => {
    const calendars = [calendarOf({ windows: [{ schedule: '30 11 * * *', duration: '1h' }] })];
    const rules = { calendars, problems: [], unplaced: [], estimateMilliseconds: 3_600_000, mayOverrun: false };
    const steps = { 'scan-cluster': { status: 'done' as const, reasons: [], startedAt, endedAt } };
    const found = codes('first', {
      rules: rules as never,
      grant: grant({ grantedAt: '2026-11-20T11:40:00.000Z' }),
      upgrade: upgrade({ steps }),
    });
    expect(found).toEqual(expected);
  },
);
