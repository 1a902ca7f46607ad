import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { AT_REST, type Member } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { isOfHook } from '../policy/hook-decision.ts';
import { quarantineReasons, settledAt } from '../policy/quarantine.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { isAtCeiling } from '../rollout/wanted-members.ts';
import { hasBegun, keepsPlace, waitingForPromotion } from '../rollout/wave-end.ts';
import { lastPassed } from '../rollout/wave-hooks.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { ClusterPolicy } from './cluster-policy.ts';
import { leftOutBy, type Place, type WholeRollout } from './place-of.ts';
import { refusalsByHand, somebodyOnce } from './upgrade-plan.ts';
import { finishNodesFirst, UNPLACED, whyUnplaced } from './verdict-at-target.ts';
import { again, howItEnds, isTriedAgain, opensMore, takenOut } from './verdict-of-tried.ts';
import type { Asked } from './verdict-when-held.ts';
import { after, GONE, ONCE_RELEASED, said, type Verdict } from './verdict-words.ts';

/** The verdict of a cluster whose policy takes it to a version that nobody knows: no rollout takes it, and nobody can name what to upgrade it to. */
export function withoutTarget({ reasons }: ClusterPolicy): Verdict {
  const codes = reasons.map(({ code }) => code);
  const known = codes.includes('UnknownChannel')
    ? 'The Channel that its policy names is applied, and can be read.'
    : 'The target is offered there.';
  return said(after(codes.includes('NotCovered') ? ONCE_RELEASED : known), ...reasons);
}

export function withoutRollout(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  aim: ClusterPolicy,
  place: Place | undefined,
  now: Date,
): Verdict {
  const name = aim.policy?.metadata.name ?? '';
  const aside = quarantineReasons(cluster, now);
  // Nobody begins, or tries again, a cluster that is being deleted.
  if (aside.some(({ code }) => code === 'Deleting')) return said(GONE, ...aside);
  if (aim.wave === undefined) return said(UNPLACED, ...whyUnplaced(aim));
  const goesOn = place !== undefined && !AT_REST.includes(place.rollout.status);
  const served = leftOutBy(snapshot, cluster, place, now);
  const tried = goesOn ? undefined : served;
  if (place !== undefined && tried !== undefined && isTriedAgain(place, tried)) {
    const retried = again(snapshot, { ...place, member: tried }, false, now);
    return finishNodesFirst(snapshot, cluster, aim.policy, place, retried, now);
  }
  const out = place === undefined || tried === undefined ? undefined : takenOut(snapshot, place, tried);
  const busy = goesOn ? place : place?.beside;
  if (busy !== undefined) {
    const member = goesOn ? place.member : undefined;
    const { condition, reasons } = whileBusy(
      snapshot,
      busy,
      { cluster, aim, member, isServed: served !== undefined },
      now,
    );
    return said(after(condition), ...reasons, ...(out?.reasons ?? []));
  }
  if (out !== undefined) return out;
  if (aim.policy?.spec.trigger === 'automatic') {
    const automatic = reason('Automatic', `The policy ${name} begins rollouts by itself.`);
    const look = 'next full look of the reconciler creates a rollout, within the hour.';
    if (aside.length === 0) return said(after(`The ${look}`), automatic);
    return said(
      after(`Once it is there and six hours old the ${look}`, settledAt(cluster).toISOString()),
      ...aside,
      automatic,
    );
  }
  const text = `The policy ${name} has trigger: manual, and no rollout of it is under way.`;
  return said(after(`Somebody runs: liftlock rollout create ${name}`), ...aside, reason('ManualTrigger', text));
}

/** What happens before a rollout takes a cluster that the one under way does not take. */
function whileBusy(
  snapshot: FleetSnapshot,
  busy: WholeRollout,
  asked: {
    readonly cluster: ClusterRecord;
    readonly aim: ClusterPolicy;
    readonly member: Member | undefined;
    readonly isServed: boolean;
  },
  now: Date,
): { readonly condition: string; readonly reasons: readonly Reason[] } {
  const { cluster, aim, member, isServed } = asked;
  const { id, status } = busy.rollout;
  const wave = busy.waves.find(({ index }) => index === member?.waveIndex);
  const hasProved = busy.waves.some((before) => before.status !== 'Pending' && before.index < (wave?.index ?? 0));
  const goesNoFurther = hasProved && member !== undefined && isAtCeiling(cluster, member);
  const isPlannedAnew =
    wave !== undefined && !hasBegun(wave) && !goesNoFurther && keepsPlace(wave, busy.waves, aim.policy);
  const busyAs = (how: string) => reason('RolloutBusy', `The rollout ${id} of its policy is ${status} and ${how}.`);
  const told =
    member?.status === 'Succeeded'
      ? busyAs(`is done with it, which it took to ${member.to}`)
      : isPlannedAnew
        ? busyAs(`its wave ${wave.name} has not begun`)
        : busyAs(`${member === undefined ? 'was planned' : 'goes on'} without it`);
  if (isPlannedAnew) {
    // A halted rollout is not planned anew before it goes on.
    const goesOnFirst =
      status === 'Halted'
        ? `The rollout goes on, and what that takes says: liftlock describe rollout ${id}. Then the`
        : 'The';
    const condition = `${goesOnFirst} next full look of the reconciler plans it anew, within the hour.`;
    return { condition, reasons: [told] };
  }
  const { condition, refusals } = untilAnother(snapshot, busy, cluster, aim, { isServed, isMember: false }, now);
  return { condition, reasons: [told, ...refusals] };
}

/** The verdict of a member that its wave begins no more, since its cluster belongs to a later one by now; undefined of any other. */
export function inNextRollout(asked: Asked, there: WholeRollout, reasons: readonly Reason[]): Verdict | undefined {
  const { snapshot, cluster, aim, now } = asked;
  const hasMoved = aim.wave !== undefined && reasons.some(({ code }) => code === 'NoWave');
  if (!hasMoved || there.rollout.status === 'Halted') return undefined;
  if (aim.target === undefined) {
    const { when, reasons: unknown } = withoutTarget(aim);
    return said(when, ...reasons, ...unknown);
  }
  const { condition, refusals } = untilAnother(snapshot, there, cluster, aim, { isServed: false, isMember: true }, now);
  return said(after(condition), ...reasons, ...refusals);
}

/** When another rollout takes the cluster up. `isServed`: none does by itself, as none does for the members of one that is given up. */
function untilAnother(
  snapshot: FleetSnapshot,
  busy: WholeRollout,
  cluster: ClusterRecord,
  aim: ClusterPolicy,
  { isServed, isMember }: { readonly isServed: boolean; readonly isMember: boolean },
  now: Date,
) {
  const { ends, refusals, isGivenUp } = whatEnds(snapshot, busy, cluster, aim, now);
  const isCreatedByHand = aim.policy?.spec.trigger === 'manual' || isServed || (isMember && isGivenUp);
  const then = isCreatedByHand
    ? `somebody runs: liftlock rollout create ${aim.policy?.metadata.name ?? ''}`
    : 'another one takes it';
  return { condition: `${ends}; then ${then}.`, refusals };
}

/**
 * Who ends a rollout for a cluster that is not in it, and what would refuse that now. Where a promotion would also open later waves, which this
 * cluster does not need, an upgrade by hand is named first.
 */
function whatEnds(
  snapshot: FleetSnapshot,
  busy: WholeRollout,
  cluster: ClusterRecord,
  { target }: ClusterPolicy,
  now: Date,
): { readonly ends: string; readonly refusals: readonly Reason[]; readonly isGivenUp: boolean } {
  const { rollout, waves } = busy;
  const undecided = waitingForPromotion(waves);
  // What hooks say after the last wave, which the rollout waits for where nothing else is left of it.
  const asked = (lastPassed(waves)?.reasons ?? []).filter(isOfHook);
  if (undecided === undefined || !opensMore(waves, undecided))
    return { ends: howItEnds(busy), refusals: undecided === undefined ? asked : [], isGivenUp: false };
  const next = KubeVersion.parse(cluster.version).next();
  const refusals = refusalsByHand(snapshot, cluster, next, now);
  const stepwise = next.toString() === target?.toString() ? '' : ', one minor at a time';
  const byHand = `liftlock upgrade cluster ${cluster.name} --to ${target} --approve`;
  const ends = `${somebodyOnce(refusals)} takes it there by hand${stepwise}: ${byHand}; or somebody gives that rollout up: liftlock rollout abort ${rollout.id}, since to promote its wave ${undecided.name} would open the waves after it`;
  return { ends, refusals, isGivenUp: true };
}
