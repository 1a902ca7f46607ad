import { type Reason, reason } from '../contracts/step-result.ts';
import { isFinish } from '../model/hop.ts';
import { isSame } from '../model/is-same.ts';
import { approvalRefusals } from '../policy/approvals.ts';
import { capKeys, capRefusals, recount } from '../policy/caps.ts';
import { isForgotten } from '../policy/cluster-labels.ts';
import { unreadablePolicy } from '../policy/policy-of.ts';
import { givenUp, waveNamed } from '../policy/wave-of.ts';
import { exceedsBudget, goesBack, haltedBefore, placeRefusal, waveRefusal, whyHalted } from '../policy/wave-room.ts';
import { gateBefore, waveBefore } from '../policy/wave-soak.ts';
import { authority, busyWith, otherTarget } from './authority.ts';
import { isGranting, isPlanned, isWaiting, PASSED_WAVES } from './granting-waves.ts';
import { hasActed, underWayRefusals } from './hop-before.ts';
import { EXTENSION_VETO, ROLLBACK_VETOES, ROLLBACKS } from './rollback-vetoes.ts';
import { type Moment, NONE, ofCluster, type Situation, unplacedBy, type Veto, windowReasons } from './situation.ts';
import { fleetRefusals, holdRefusals, NO_EPOCH, NO_FLEET, rolloutRefusals } from './standing-refusals.ts';

const only = (...reasons: readonly (Reason | undefined)[]): readonly Reason[] =>
  reasons.filter((one) => one !== undefined);

const UNDOS: readonly Moment[] = ['undo-grant', 'undo'];
const ALWAYS: readonly Moment[] = ['grant', 'first', 'later'];
const BEGINNING: readonly Moment[] = ['grant', 'first'];
const COMMITS: readonly Moment[] = ['first', 'later'];
const LOOKED_AT = reason('InventoryIncomplete', 'The cluster is looked at anew first: what is known of it is older.');

/**
 * Everything that forbids a grant or a change, in the order in which people are told. Every function that grants, commits, admits members or explains
 * asks this list, so that nothing is forbidden in one place and allowed in another.
 */
export const VETOES: readonly Veto[] = [
  {
    asked: [...ALWAYS, ...ROLLBACKS, ...UNDOS],
    rule: 'the epoch exists',
    codes: ['NoEpoch'],
    ends: true,
    reasons: ({ epoch }) => (epoch === undefined ? [NO_EPOCH] : NONE),
  },
  {
    asked: [...COMMITS, 'rollback', 'undo'],
    rule: 'the grant is open, of this epoch and this execution, its upgrade runs, and goes to the version that is asked for',
    codes: ['Superseded', 'OtherTarget'],
    ends: true,
    reasons: superseded,
  },
  {
    asked: [...ALWAYS, ...ROLLBACKS, ...UNDOS],
    rule: 'the cluster is in the inventory',
    codes: ['UnknownCluster'],
    ends: true,
    reasons: ({ cluster }) =>
      cluster === undefined ? [reason('UnknownCluster', 'The cluster is not in the inventory.')] : NONE,
  },
  {
    asked: [...ALWAYS, ...ROLLBACKS],
    rule: 'a Fleet is applied that this version can read',
    codes: ['FleetNotConfigured'],
    ends: true,
    reasons: ({ fleet }) => (fleet === undefined ? [NO_FLEET] : NONE),
  },
  {
    asked: [...ALWAYS, ...ROLLBACKS],
    rule: 'its mode is `act`, and the fleet is not stopped',
    codes: ['ObserveMode', 'FleetStopped'],
    reasons: ({ fleet, control }) => (fleet === undefined ? NONE : fleetRefusals(fleet, control)),
  },
  {
    // Without a readable policy its windows, approvals and caps would count as none.
    asked: ALWAYS,
    rule: 'the policy that it goes by is applied, this version can read it, it alone selects the cluster, and tag and expressions tell its wave',
    codes: ['PolicyNotConfigured', 'AmbiguousPolicy', 'PolicyError', 'BadTag'],
    reasons: ({ rollout, rules }) =>
      rules?.unreadable === true ? [unreadablePolicy(rollout?.policy)] : unplacedBy(rules, (code) => code !== 'NoWave'),
  },
  {
    asked: ALWAYS,
    rule: 'the cluster lives, is in the Fleet, supported and reachable, is not excluded by a tag, its tags can be read, its pin is not older than the target',
    codes: ['BadTag', 'Gone', 'NotInFleet', 'Unsupported', 'Excluded', 'Pinned', 'Unreachable'],
    reasons: ofCluster,
  },
  {
    asked: ALWAYS,
    rule: 'the cluster is not held; where a retry has taken the hold off, only its rollout goes on, with the upgrade that failed',
    codes: ['Held'],
    reasons: ({ clusterControl: control, target, member, upgrade }, moment) =>
      holdRefusals(control, target, moment === 'grant' ? member?.failedBefore : upgrade?.rolloutId !== undefined),
  },
  ...ROLLBACK_VETOES,
  {
    asked: ['grant', 'rollback-grant', 'undo-grant'],
    rule: 'nobody holds the grant of the cluster',
    codes: ['GrantBusy'],
    reasons: ({ grant, upgrade }) => busyWith(grant, upgrade),
  },
  {
    asked: ['grant'],
    rule: 'the hop before this one is whole, and no person and no other rollout has begun this one',
    codes: ['UpgradeUnderWay'],
    reasons: ({ before = [], upgrade, rollout, cluster }) =>
      underWayRefusals({ before, same: upgrade, rollout }, cluster?.name ?? ''),
  },
  {
    asked: ['grant'],
    rule: 'the rollout runs',
    codes: [
      'RolloutPlanned',
      'RolloutPaused',
      'RolloutCompleted',
      'RolloutCompletedWithFailures',
      'RolloutHalted',
      'RolloutAborted',
    ],
    reasons: ({ rollout }) =>
      rollout === undefined || rollout.status === 'Running'
        ? NONE
        : rollout.status === 'Paused'
          ? rolloutRefusals(rollout)
          : [reason(`Rollout${rollout.status}`, `The rollout ${rollout.id} is ${rollout.status}.`)],
  },
  {
    asked: COMMITS,
    rule: 'the rollout exists, is not paused and not aborted',
    codes: ['RolloutPaused', 'RolloutAborted', 'RolloutGone'],
    reasons: ofRunningRollout,
  },
  {
    asked: ['first'],
    rule: 'the wave is not halted, and has not failed more than it may',
    codes: ['WaveHalted'],
    reasons: ({ wave }) => {
      if (wave === undefined || (wave.status !== 'Halted' && !exceedsBudget(wave))) return NONE;
      return [reason('WaveHalted', `The wave ${wave.name} is halted: ${whyHalted(wave)}`)];
    },
  },
  {
    // A straggler of an earlier wave may have failed since the grant.
    asked: BEGINNING,
    rule: 'no wave before it is halted, and no cluster of one is being taken back; what has changed its cluster goes on beside that',
    codes: ['EarlierWaveHalted', 'GoesBack'],
    reasons: ({ rollout, earlier = [], upgrade }) =>
      rollout === undefined ? NONE : only(haltedBefore(earlier), hasActed(upgrade) ? undefined : goesBack(earlier)),
  },
  {
    asked: ['grant'],
    rule: 'the waves before it have passed, also when a retry has opened one again',
    codes: ['EarlierWave'],
    reasons: reopenedBefore,
  },
  {
    asked: BEGINNING,
    rule: 'the cluster is a member of the plan that the wave is of',
    codes: ['NotAMember'],
    reasons: (situation) =>
      situation.rollout === undefined || placeOf(situation) !== undefined
        ? NONE
        : [reason('NotAMember', 'The cluster is not a member of the rollout.')],
  },
  {
    // The process that decided this may have slept since then: a member that has ended meanwhile must not begin again.
    asked: ['grant'],
    rule: 'the member waits',
    codes: ['MemberRunning', 'MemberSucceeded', 'MemberFailed', 'MemberBlocked', 'MemberExcluded'],
    reasons: (situation) => {
      const { rollout, member } = placeOf(situation) ?? {};
      if (rollout === undefined || member === undefined || isWaiting(member.status)) return NONE;
      return [reason(`Member${member.status}`, `${member.name} is ${member.status} in the rollout ${rollout.id}.`)];
    },
  },
  {
    asked: ['grant'],
    rule: 'the wave has opened and is not halted',
    codes: ['WavePending', 'WaveHalted', 'WaveSkipped'],
    reasons: (situation) => {
      const { wave } = placeOf(situation) ?? {};
      if (wave === undefined || isGranting(wave.status)) return NONE;
      return [reason(`Wave${wave.status}`, `The wave ${wave.name} is ${wave.status}.`)];
    },
  },
  {
    asked: ['grant'],
    rule: 'the wave has a place, within its concurrency, canaries and failure budget; clusters of it that go back take one',
    codes: ['WaveFull', 'CanaryFirst', 'GoesBack', 'FailureBudgetExceeded', 'BudgetInFlight'],
    reasons: (situation) => {
      const place = placeOf(situation);
      return place === undefined || place.member.inFlight ? NONE : only(waveRefusal(place.wave));
    },
  },
  {
    // A cluster that goes on, also to its next minor, has had its place since before. It would keep that place while it is parked, so two such
    // clusters would wait for each other.
    asked: ['first'],
    rule: 'beside clusters that go back the wave still has its place, and all that are in flight in it may still fail (`countInFlight`); a cluster that goes on with what has changed it, or to its next minor, is not asked',
    codes: ['GoesBack', 'BudgetInFlight'],
    reasons: (situation) => {
      const [place, { before = [], upgrade }] = [placeOf(situation), situation];
      const goesOn = upgrade?.mutated === true || before.some((hop) => hop?.rolloutId === place?.rollout.id);
      return place === undefined || goesOn ? NONE : only(placeRefusal(place.wave));
    },
  },
  {
    // The gates may have turned red since the wave before has passed: an approval, a hook or a window may have taken days.
    asked: ['grant'],
    rule: 'before the first cluster of the wave, the gates of the wave before it are green, unless a person has promoted that; what comes back once the wave has passed is not asked',
    codes: ['GateRed', 'GateUnknown', 'GatesUnknown'],
    reasons: (situation) => {
      const [place, { earlier = [], rules, now }] = [placeOf(situation), situation];
      if (place === undefined || place.member.inFlight || place.wave.startedAt !== undefined) return NONE;
      // What comes back to a wave that has passed without any grant is not its first cluster, and nobody reads the gates before it any more.
      if (place.wave.status === 'Soaking' || PASSED_WAVES.includes(place.wave.status)) return NONE;
      const before = waveBefore(earlier, place.wave);
      const hasPassed = before !== undefined && PASSED_WAVES.includes(before.status);
      return !hasPassed ? NONE : only(gateBefore(before, waveNamed(rules?.policy, before.name), now));
    },
  },
  {
    // The next tick, which sees all clusters, sets aside what shares a trait with a cluster that failed this minute (core/rollout/suspects.ts).
    asked: ['grant'],
    rule: 'nothing failed in the rollout since this was decided',
    codes: ['FailedMeanwhile'],
    reasons: failedMeanwhile,
  },
  {
    // An upgrade that a person starts needs no wave; but where a wave takes its cluster by a name that others have too, nobody knows whose windows hold.
    // One that has changed its cluster goes on by the calendars that its wave had.
    asked: BEGINNING,
    rule: 'the policy has a wave for the cluster, its own or the one that takes it now, and no other cluster is taken by the same name; what has changed it goes on',
    codes: ['NoWave'],
    reasons: ({ rollout, rules, upgrade, member }) => {
      if (rollout === undefined && rules?.wave === undefined) return NONE;
      if (rollout !== undefined && member?.isStray === true) return [givenUp(rollout.policy)];
      return upgrade?.mutated === true ? NONE : unplacedBy(rules, (code) => code === 'NoWave');
    },
  },
  {
    asked: BEGINNING,
    rule: 'the wave has the approvals that its policy asks for; what was begun is not asked for them again',
    codes: ['ApprovalMissing', 'ApprovalExpired', 'ApprovalRejected'],
    reasons: unapproved,
  },
  {
    asked: ALWAYS,
    rule: 'the calendars are open, or a person has broken the glass; what begins must fit in, what was begun goes on until they close',
    codes: ['WindowClosed', 'Frozen', 'WindowTooShort', 'WindowClosing', 'NoCalendar', 'CalendarInvalid'],
    reasons: windowReasons,
  },
  {
    asked: ['grant', 'rollback-grant'],
    rule: 'every cap has room; a rollback may pass each by one',
    codes: ['CapReached'],
    reasons: ({ cluster, fleet, ledger, rules }, moment) => {
      if (cluster === undefined || fleet === undefined) return NONE;
      const keys = capKeys(cluster, fleet);
      const counts = ledger?.counts ?? {};
      const counted = moment === 'grant' ? counts : recount(counts, keys, -1);
      return capRefusals(counted, keys, fleet, rules?.policy?.spec);
    },
  },
  {
    // An execution that has changed its cluster is not stopped in the middle of its work.
    asked: BEGINNING,
    rule: 'the cluster was looked at since the table was restored, and since its tags were changed; an execution that has changed it goes on',
    codes: ['InventoryIncomplete'],
    reasons: ({ cluster, tags, upgrade }, moment) => {
      // Labels, waves, policies and expressions depend on the tags, and the grant was decided by other tags.
      const isRetagged = tags !== undefined && !isSame(tags, cluster?.tags);
      return (isForgotten(cluster) || isRetagged) && (moment === 'grant' || !hasActed(upgrade)) ? [LOOKED_AT] : NONE;
    },
  },
  {
    asked: COMMITS,
    rule: 'what only finishes nodes and add-ons moves no control plane',
    codes: ['FinishOnly'],
    reasons: ({ call, upgrade }) =>
      call === 'UpdateClusterVersion' && upgrade !== undefined && isFinish(upgrade)
        ? [
            reason(
              'FinishOnly',
              `The upgrade ${upgrade.id} brings nodes and add-ons to ${upgrade.to}, and nothing else.`,
            ),
          ]
        : NONE,
  },
  EXTENSION_VETO,
];

/** Why the upgrade may not do this now; empty = it may. The transaction that follows checks that nothing of the situation has moved. */
export function refusalsAt(moment: Moment, situation: Situation): Reason[] {
  const reasons: Reason[] = [];
  for (const veto of VETOES) {
    if (!veto.asked.includes(moment)) continue;
    const said = veto.reasons(situation, moment);
    if (said.length > 0 && veto.ends === true) return [...said];
    reasons.push(...said);
  }
  return reasons;
}

/** The rollout, wave and member of the cluster; undefined where it is no member, or its upgrade was started by hand. */
function placeOf({ rollout, wave, member }: Situation) {
  if (rollout === undefined || wave === undefined || member === undefined || !isPlanned(member, wave)) return undefined;
  return { rollout, wave, member };
}

function superseded({ grant, epoch, asker, upgrade, target }: Situation): readonly Reason[] {
  if (
    asker === undefined ||
    authority(grant, asker) === 'none' ||
    upgrade === undefined ||
    grant?.epoch !== epoch?.number
  ) {
    const said = 'This execution does not hold the grant of its cluster any more; another one does, or nobody.';
    return [reason('Superseded', said)];
  }
  if (upgrade.status === 'Running') return only(otherTarget(upgrade, target));
  const said = `The upgrade ${upgrade.id} is ${upgrade.status}: it was concluded, and nothing of it goes on.`;
  return [reason('Superseded', said)];
}

function ofRunningRollout({ rollout, upgrade }: Situation): readonly Reason[] {
  if (rollout !== undefined) return rolloutRefusals(rollout);
  return upgrade?.rolloutId !== undefined
    ? [reason('RolloutGone', 'The rollout of this upgrade does not exist.')]
    : NONE;
}

/**
 * A person's retry may open an earlier wave again: every cluster that has not begun then waits for that wave once more, stragglers of later waves
 * too.
 */
function reopenedBefore({ rollout, earlier = [], member }: Situation): readonly Reason[] {
  if (rollout === undefined || member?.inFlight === true) return NONE;
  const reopened = earlier.find((one) => one.status !== 'Halted' && !PASSED_WAVES.includes(one.status));
  if (reopened === undefined) return NONE;
  return [reason('EarlierWave', `The wave ${reopened.name} comes first: it is ${reopened.status}.`)];
}

function failedMeanwhile(situation: Situation): readonly Reason[] {
  const [place, { failures }] = [placeOf(situation), situation];
  if (place === undefined || place.member.inFlight) return NONE;
  if (failures?.known === undefined || failures.now <= failures.known) return NONE;
  const said = `${failures.now - failures.known} more failed in the rollout ${place.rollout.id} since this was decided; it is decided anew.`;
  return [reason('FailedMeanwhile', said)];
}

function unapproved(situation: Situation, moment: Moment): readonly Reason[] {
  const place = placeOf(situation);
  const { rules, policyAppliedBy, upgrade, now } = situation;
  // Between two hops nothing is half done, so the grant needs the approval that the first change needs: otherwise it would be given, and the upgrade
  // would park, for ever.
  if (place === undefined || (moment === 'grant' && place.member.inFlight && hasActed(upgrade))) return NONE;
  const requesters = { policyAppliedBy, rolloutCreatedBy: place.rollout.createdBy };
  return approvalRefusals(rules?.wave, place.wave, requesters, now);
}
