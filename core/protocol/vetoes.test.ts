import { waveItem } from '../../test/material/items/rollout-items.ts';
import { NOON } from '../../test/material/protocol/one-upgrade.ts';
import { codesAt, fleet, type Given, gated, rules, upgrade } from '../../test/material/protocol/situation.ts';
import { compileCalendar } from '../calendar/compile-calendar.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import type { ReasonCode } from '../contracts/reasons.ts';
import { reason } from '../contracts/step-result.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { VETOES } from './vetoes.ts';

const hopBefore = (more: Partial<Upgrade>): Upgrade => ({
  ...upgrade,
  id: '1.35-1.36',
  from: '1.35',
  to: '1.36',
  status: 'Parked',
  mutated: true,
  ...more,
});
const calendar = (spec: object) => compileCalendar('prod', { timeZone: 'UTC', windows: [], freezes: [], ...spec });
const through = (schedule: string, duration: string, more: object = {}): Given => ({
  rules: rules({ calendars: [calendar({ windows: [{ name: 'w', schedule, duration }] })], ...more }),
});

const notAll: Given = { wave: { countInFlight: true, inFlight: 2 }, member: { inFlight: true } };
const unplaced = (code: ReasonCode): Given => ({ rules: rules({ wave: undefined, unplaced: [reason(code, '')] }) });
const tag = (key: string, value: string): Given => ({ cluster: { tags: { [`liftlock/${key}`]: value } } });
const byHand: Given = { rollout: 'none', member: 'none', upgrade: { rolloutId: undefined as never } };
const earlier = (given: Partial<Wave>): Given => ({
  wave: { index: 1 },
  earlier: [waveItem({ name: 'before', ...given })],
});
const GOING_BACK: Partial<Wave> = { status: 'Completed', goingBack: ['a'] };
const asking = { rules: rules({ wave: { name: 'all', approval: { before: true, approvals: 1, fourEyes: false } } }) };
const word = (decision: 'Approved' | 'Rejected') => ({
  decision,
  principal: 'ann',
  at: '2026-11-18T12:00:00.000Z',
  planHash: 'h',
});
const capped = { ...fleet, caps: { ...fleet.caps, total: 1 } };
const denied = { type: 'Reachable', status: 'False' as const, reason: 'Denied', message: 'no', lastTransitionTime: '' };
const finishing = (call: NonNullable<Given['call']>): Given => ({ upgrade: { from: '1.37', to: '1.37' }, call });
const [NOTHING, ONLY]: readonly [string[], string[]] = [[], ['FinishOnly']];
const [UNREAD, AWAY] = [['PolicyNotConfigured'], ['OtherDirection']] as const;
const unreadable = rules({ policy: undefined, unreadable: true });

/** The given state, and the refusals before a grant, before the first change and before a later one: the table of docs/protocol.md, cell by cell. */
const RETAGGED = ['Excluded', 'InventoryIncomplete'];
const CELLS: readonly (readonly [string, Given, readonly string[], readonly string[], readonly string[]])[] = [
  ['nothing in the way', {}, NOTHING, NOTHING, NOTHING],
  ['no epoch', { epoch: undefined }, ['NoEpoch'], ['NoEpoch'], ['NoEpoch']],
  ['a grant of another epoch', { grant: { epoch: 2 } }, ['GrantBusy'], ['Superseded'], ['Superseded']],
  ['a grant that is closing', { grant: { status: 'closing' } }, ['GrantBusy'], ['Superseded'], ['Superseded']],
  ['a grant that is free', { grant: { status: 'free' } }, NOTHING, ['Superseded'], ['Superseded']],
  [
    "another one's grant",
    { grant: { holder: 'b', executionName: 'b' } },
    ['GrantBusy'],
    ['Superseded'],
    ['Superseded'],
  ],
  ['an upgrade that has ended', { upgrade: { status: 'Failed' } }, NOTHING, ['Superseded'], ['Superseded']],
  ['an upgrade to another version', { target: KubeVersion.parse('1.38') }, NOTHING, ['OtherTarget'], ['OtherTarget']],
  ['no cluster', { cluster: 'none' }, ['UnknownCluster'], ['UnknownCluster'], ['UnknownCluster']],
  ['no Fleet', { fleet: undefined }, ['FleetNotConfigured'], ['FleetNotConfigured'], ['FleetNotConfigured']],
  [
    'a Fleet that only looks',
    { fleet: { ...fleet, mode: 'observe' } },
    ['ObserveMode'],
    ['ObserveMode'],
    ['ObserveMode'],
  ],
  ['a fleet that is stopped', { control: { stopped: true } }, ['FleetStopped'], ['FleetStopped'], ['FleetStopped']],
  ['a policy that nobody can read', { rules: unreadable }, UNREAD, UNREAD, UNREAD],
  ['one that may select it, of what a person started', { ...byHand, rules: unreadable }, UNREAD, UNREAD, UNREAD],
  [
    'no policy, of what a person started',
    { ...byHand, rules: rules({ policy: undefined }) },
    NOTHING,
    NOTHING,
    NOTHING,
  ],
  ['a cluster that is paused', tag('paused', 'true'), ['Excluded'], ['Excluded'], ['Excluded']],
  ['a tag that nobody can read', tag('paused', 'yes'), ['BadTag'], ['BadTag'], ['BadTag']],
  ['a pin below the target', tag('pin-version', '1.36'), ['Pinned'], ['Pinned'], ['Pinned']],
  ['a tag that only EKS shows yet', { tags: { 'liftlock/paused': 'true' } }, RETAGGED, RETAGGED, ['Excluded']],
  ['a cluster that is gone', { cluster: { deletedAt: NOON.toISOString() } }, ['Gone'], ['Gone'], ['Gone']],
  [
    'an account that the Fleet does not name',
    { fleet: { ...fleet, accounts: [] } },
    ['NotInFleet'],
    ['NotInFleet'],
    ['NotInFleet'],
  ],
  [
    'a Region that the Fleet does not name',
    { fleet: { ...fleet, regions: ['us-east-1'] } },
    ['NotInFleet'],
    ['NotInFleet'],
    ['NotInFleet'],
  ],
  [
    'a cluster of another kind',
    { cluster: { unsupported: 'It is on Outposts.' } },
    ['Unsupported'],
    ['Unsupported'],
    ['Unsupported'],
  ],
  [
    'a cluster that nobody may read',
    { cluster: { conditions: [denied] } },
    ['Unreachable'],
    ['Unreachable'],
    ['Unreachable'],
  ],
  [
    'a hold',
    { clusterControl: { clusterKey: 'k', held: { since: '', reason: reason('Held', '') } } },
    ['Held'],
    ['Held'],
    ['Held'],
  ],
  ['a hop before that is parked half done', { before: [hopBefore({})] }, ['UpgradeUnderWay'], NOTHING, NOTHING],
  ['one that runs', { before: [hopBefore({ status: 'Running' })] }, ['UpgradeUnderWay'], NOTHING, NOTHING],
  [
    'one that failed half-way and was asked for again',
    { before: [hopBefore({ status: 'Pending' })] },
    ['UpgradeUnderWay'],
    NOTHING,
    NOTHING,
  ],
  [
    'a hop that another rollout has begun',
    { upgrade: { rolloutId: 'other', status: 'Parked', mutated: true } },
    ['UpgradeUnderWay'],
    ['Superseded'],
    ['Superseded'],
  ],
  [
    'one that another rollout has parked before its first change',
    { upgrade: { rolloutId: 'other', status: 'Parked' } },
    NOTHING,
    ['Superseded'],
    ['Superseded'],
  ],
  [
    'one that a person has begun',
    { upgrade: { rolloutId: undefined as never, status: 'Pending' } },
    ['UpgradeUnderWay'],
    ['Superseded'],
    ['Superseded'],
  ],
  [
    'one that another rollout has ended',
    { upgrade: { rolloutId: 'other', status: 'Failed' } },
    NOTHING,
    ['Superseded'],
    ['Superseded'],
  ],
  ['one that has changed nothing', { before: [hopBefore({ mutated: false })] }, NOTHING, NOTHING, NOTHING],
  ['one that is whole', { before: [hopBefore({ status: 'Succeeded' })] }, NOTHING, NOTHING, NOTHING],
  ['one that failed and is held no more', { before: [hopBefore({ status: 'Failed' })] }, NOTHING, NOTHING, NOTHING],
  ['a rollout that is planned', { rollout: { status: 'Planned' } }, ['RolloutPlanned'], NOTHING, NOTHING],
  [
    'a rollout that is paused',
    { rollout: { status: 'Paused' } },
    ['RolloutPaused'],
    ['RolloutPaused'],
    ['RolloutPaused'],
  ],
  [
    'a rollout that was aborted',
    { rollout: { status: 'Aborted' } },
    ['RolloutAborted'],
    ['RolloutAborted'],
    ['RolloutAborted'],
  ],
  ['a rollout that is halted', { rollout: { status: 'Halted' } }, ['RolloutHalted'], NOTHING, NOTHING],
  ['a rollout that has ended', { rollout: { status: 'Completed' } }, ['RolloutCompleted'], NOTHING, NOTHING],
  [
    'a rollout that has ended with failures',
    { rollout: { status: 'CompletedWithFailures' } },
    ['RolloutCompletedWithFailures'],
    NOTHING,
    NOTHING,
  ],
  ['a rollout that is gone', { rollout: 'none' }, NOTHING, ['RolloutGone'], ['RolloutGone']],
  ['a wave that is halted', { wave: { status: 'Halted' } }, ['WaveHalted'], ['WaveHalted'], NOTHING],
  ['a wave that failed too much', { wave: { failed: 1 } }, ['FailureBudgetExceeded'], ['WaveHalted'], NOTHING],
  ['a wave that has not opened', { wave: { status: 'Pending' } }, ['WavePending'], NOTHING, NOTHING],
  ['a wave that was skipped', { wave: { status: 'Skipped' } }, ['WaveSkipped'], NOTHING, NOTHING],
  ['a wave that has ended', { wave: { status: 'Completed' } }, NOTHING, NOTHING, NOTHING],
  ['a halted wave before it', earlier({ status: 'Halted' }), ['EarlierWaveHalted'], ['EarlierWaveHalted'], NOTHING],
  ['a wave before it, of which one goes back', earlier(GOING_BACK), ['GoesBack'], ['GoesBack'], NOTHING],
  ['a wave before it that is open again', earlier({ status: 'Open' }), ['EarlierWave'], NOTHING, NOTHING],
  ['a wave before it that has passed', earlier({ status: 'CompletedWithFailures' }), NOTHING, NOTHING, NOTHING],
  ['a wave before it, a gate of which is not known', gated('unknown'), ['GateUnknown'], NOTHING, NOTHING],
  ['a wave before it, a gate of which is red', gated('red'), ['GateRed'], NOTHING, NOTHING],
  ['a wave before it, the gates of which nobody has read', gated(undefined), ['GatesUnknown'], NOTHING, NOTHING],
  ['a wave before it, the gates of which are green', gated('green'), NOTHING, NOTHING, NOTHING],
  ['nobody of that name', { member: 'none' }, ['NotAMember'], ['NotAMember'], NOTHING],
  ['one that has left with a later plan', { member: { status: 'Left' } }, ['NotAMember'], ['NotAMember'], NOTHING],
  [
    'one of a later plan, which nobody has approved',
    { wave: { plan: 2 }, member: { plan: 3 } },
    ['NotAMember'],
    ['NotAMember'],
    NOTHING,
  ],
  ['one of an earlier plan', { wave: { plan: 3 }, member: { plan: 2 } }, NOTHING, NOTHING, NOTHING],
  ['one that runs', { member: { status: 'Running' } }, ['MemberRunning'], NOTHING, NOTHING],
  ['one that was upgraded', { member: { status: 'Succeeded' } }, ['MemberSucceeded'], NOTHING, NOTHING],
  ['one that failed', { member: { status: 'Failed' } }, ['MemberFailed'], NOTHING, NOTHING],
  ['one that is blocked', { member: { status: 'Blocked' } }, ['MemberBlocked'], NOTHING, NOTHING],
  ['one that was taken out', { member: { status: 'Excluded' } }, ['MemberExcluded'], NOTHING, NOTHING],
  ['one that is parked', { member: { status: 'Parked' } }, NOTHING, NOTHING, NOTHING],
  ['one that was set aside', { member: { status: 'Quarantined' } }, NOTHING, NOTHING, NOTHING],
  ['a wave without a place', { wave: { inFlight: 1 } }, ['WaveFull'], NOTHING, NOTHING],
  [
    'a wave without a place, for one that has its own',
    { wave: { inFlight: 1 }, member: { inFlight: true } },
    NOTHING,
    NOTHING,
    NOTHING,
  ],
  ['a place that a cluster on its way back has', { wave: { goingBack: ['x'] } }, ['GoesBack'], NOTHING, NOTHING],
  [
    'a canary that is not judged',
    { wave: { canaries: 1, inFlight: 1, maxConcurrency: 9 } },
    ['CanaryFirst'],
    NOTHING,
    NOTHING,
  ],
  [
    'failures that may still come',
    { wave: { countInFlight: true, inFlight: 1, maxConcurrency: 9 } },
    ['BudgetInFlight'],
    NOTHING,
    NOTHING,
  ],
  ['a failure since then of one that was not in flight', notAll, NOTHING, ['BudgetInFlight'], NOTHING],
  ['a failure since it was decided', { failures: { known: 0, now: 1 } }, ['FailedMeanwhile'], NOTHING, NOTHING],
  ['no approval', asking, ['ApprovalMissing'], ['ApprovalMissing'], NOTHING],
  [
    'a rejection',
    { ...asking, wave: { planHash: 'h', approvals: [word('Rejected')] } },
    ['ApprovalRejected'],
    ['ApprovalRejected'],
    NOTHING,
  ],
  [
    'an approval of the plan',
    { ...asking, wave: { planHash: 'h', approvals: [word('Approved')] } },
    NOTHING,
    NOTHING,
    NOTHING,
  ],
  [
    'an approval that has expired',
    {
      rules: rules({
        wave: { name: 'all', approval: { before: true, approvals: 1, fourEyes: false, expiresAfter: '24h' } },
      }),
      wave: { planHash: 'h', approvals: [word('Approved')] },
    },
    ['ApprovalExpired'],
    ['ApprovalExpired'],
    NOTHING,
  ],
  ['a policy without a wave for it', unplaced('NoWave'), ['NoWave'], ['NoWave'], NOTHING],
  [
    'a policy without a wave for what is half done',
    { ...unplaced('NoWave'), upgrade: { ...upgrade, status: 'Parked', mutated: true }, member: { inFlight: true } },
    NOTHING,
    ['Superseded'],
    ['Superseded'],
  ],
  ['a member whose wave was given up', { member: { isStray: true } }, ['NoWave'], ['NoWave'], NOTHING],
  ['no wave for what a person started', { ...byHand, ...unplaced('NoWave') }, NOTHING, NOTHING, NOTHING],
  ...(['BadTag', 'PolicyError', 'AmbiguousPolicy'] as const).map(
    (code) =>
      [`no answer to which wave it is in: ${code}`, { ...byHand, ...unplaced(code) }, [code], [code], [code]] as const,
  ),
  ['a calendar that is closed', through('0 13 * * *', '1h'), ['WindowClosed'], ['WindowClosed'], ['WindowClosed']],
  ['a calendar that is open', through('0 12 * * *', '1h'), NOTHING, NOTHING, NOTHING],
  [
    'a freeze',
    {
      rules: rules({
        calendars: [calendar({ freezes: [{ name: 'fair', from: '2026-11-20T00:00', to: '2026-11-21T00:00' }] })],
      }),
    },
    ['Frozen'],
    ['Frozen'],
    ['Frozen'],
  ],
  [
    'a window that is shorter than the hop',
    through('0 12 * * *', '1h', { estimateMilliseconds: 7_200_000 }),
    ['WindowTooShort'],
    ['WindowTooShort'],
    NOTHING,
  ],
  [
    'a window that closes in a moment',
    through('30 11 * * *', '30m30s', { mayOverrun: true }),
    ['WindowClosing'],
    ['WindowClosing'],
    ['WindowClosing'],
  ],
  [
    'a calendar that nobody can read',
    through('0 0 31 2 *', '1h'),
    ['CalendarInvalid'],
    ['CalendarInvalid'],
    ['CalendarInvalid'],
  ],
  [
    'a calendar that is missing',
    { rules: rules({ problems: [reason('NoCalendar', '')] }) },
    ['NoCalendar'],
    ['NoCalendar'],
    ['NoCalendar'],
  ],
  [
    'one that was restored and not looked at since',
    { cluster: { lastSeenAt: NEVER } },
    ['InventoryIncomplete'],
    ['InventoryIncomplete'],
    NOTHING,
  ],
  [
    'the same of one that is half done',
    { cluster: { lastSeenAt: NEVER }, upgrade: { mutated: true } },
    ['InventoryIncomplete'],
    NOTHING,
    NOTHING,
  ],
  ['what finishes, and would move the control plane', finishing('UpdateClusterVersion'), NOTHING, ONLY, ONLY],
  ['what finishes, and rolls nodes', finishing('UpdateNodegroupVersion'), NOTHING, NOTHING, NOTHING],
  ['the call of a rollback', { call: 'RollbackClusterVersion' }, NOTHING, AWAY, AWAY],
  ['what only a rollback sets', { call: 'ExtendSupport' }, NOTHING, AWAY, AWAY],
  ['a cap without room', { fleet: capped, ledger: { counts: { total: 1 } } }, ['CapReached'], NOTHING, NOTHING],
];

const UNDO = /^(NoEpoch|Superseded|OtherTarget|UnknownCluster|GrantBusy)$/;
const ofUndo = (codes: readonly string[]) => codes.filter((code) => UNDO.test(code));
test.each(CELLS)('%s', (_, given, beforeGrant, beforeFirst, beforeLater) => {
  const said = (['grant', 'first', 'later', 'undo-grant', 'undo'] as const).map((moment) => codesAt(moment, given));
  expect(said).toEqual([beforeGrant, beforeFirst, beforeLater, ...[beforeGrant, beforeFirst].map(ofUndo)]);
});

describe('a broken glass', () => {
  const glass = {
    reason: 'incident',
    until: new Date(NOON.getTime() + 60_000).toISOString(),
    by: [{ principal: 'sso:111111111111/ana', at: NOON.toISOString() }],
  };
  const moments = ['grant', 'first', 'later'] as const;
  const closed = ['WindowClosed', 'Frozen', 'WindowTooShort', 'WindowClosing'] as const;
  const shut: Given = { window: { reasons: closed.map((code) => reason(code, '')) }, rules: rules({}) };

  test.each(moments)('opens windows and freezes, of its cluster and of its wave (%s)', (moment) => {
    expect(codesAt(moment, shut)).toEqual(closed);
    expect(codesAt(moment, { ...shut, clusterControl: { clusterKey: 'k', breakGlass: glass } })).toEqual([]);
    const ofPlan = { planHash: 'h', breakGlass: { ...glass, planHash: 'h' } };
    expect(codesAt(moment, { ...shut, wave: ofPlan })).toEqual([]);
    expect(codesAt(moment, { ...shut, wave: { ...ofPlan, planHash: 'another' } })).toEqual(closed);
  });

  test.each(CELLS.filter(([, , said]) => !closed.some((code) => said.includes(code))))(
    'passes nothing else: %s',
    (_, given, ...said) => {
      const { clusterControl } = given;
      const broken: Given = { ...given, clusterControl: { clusterKey: 'k', ...clusterControl, breakGlass: glass } };
      expect(moments.map((moment) => codesAt(moment, broken))).toEqual(said);
    },
  );
});

/** The cells of docs/protocol.md (What a grant and a commit check): `18 first RolloutPaused` is row 18 under First, and one of its codes. */
const cells = VETOES.flatMap(({ asked, codes, rule }, row) =>
  asked.flatMap((moment) =>
    // vetoes-of-rollbacks.test.ts has those of rollbacks.
    moment === 'rollback-grant' || moment === 'rollback'
      ? []
      : codes.map((code) => [`${row + 1} ${moment} ${code}`, moment, code, rule] as const),
  ),
)
  // A change that has begun need not fit (core/policy/window-rule.ts).
  .filter(([, moment, code]) => moment !== 'later' || code !== 'WindowTooShort');
const COLUMN = { grant: 0, first: 1, later: 2, 'undo-grant': 0, undo: 1 } as const;
test.each(cells)('%s', (_, moment, code, rule) => {
  const forbidding = CELLS.filter(([, , ...said]) => said[COLUMN[moment]]?.includes(code));
  expect({ rule, forbidding }).not.toEqual({ rule, forbidding: [] });
  for (const [, given] of forbidding) expect(codesAt(moment, given)).toContain(code);
});
