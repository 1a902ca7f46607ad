import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { AT_REST } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { hasBegun, waitingForPromotion } from '../rollout/wave-end.ts';
import { isTried } from '../store/members.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { ClusterPolicy } from './cluster-policy.ts';
import { leftOutBy, type Place, type WholeRollout } from './place-of.ts';
import { refusalsByHand, somebodyOnce } from './upgrade-plan.ts';
import { UNPLACED, whyUnplaced } from './verdict-at-target.ts';
import { again, takenOut } from './verdict-of-tried.ts';
import { after, promoting, said, type Verdict } from './verdict-words.ts';

export function withoutRollout(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  aim: ClusterPolicy,
  place: Place | undefined,
  now: Date,
): Verdict {
  const name = aim.policy?.metadata.name ?? '';
  if (aim.wave === undefined) return said(UNPLACED, ...whyUnplaced(aim));
  const goesOn = place !== undefined && !AT_REST.includes(place.rollout.status);
  const served = leftOutBy(snapshot, cluster, place, now);
  const tried = goesOn ? undefined : served;
  if (place !== undefined && tried !== undefined && isTried(tried) && place.rollout.status !== 'Aborted')
    return again(snapshot, { ...place, member: tried }, false, now);
  const out = place === undefined || tried === undefined ? undefined : takenOut(snapshot, place, tried);
  const busy = goesOn ? place : place?.beside;
  if (busy !== undefined) {
    const { id, status } = busy.rollout;
    const member = goesOn ? place.member : undefined;
    const isThrough = member?.status === 'Succeeded' ? `is done with it, which it took to ${member.to}` : undefined;
    const without = member === undefined ? 'was planned' : 'goes on';
    const wave = busy.waves.find(({ index }) => index === member?.waveIndex);
    const isPlannedAnew = wave !== undefined && !hasBegun(wave);
    const isOut = isPlannedAnew ? `its wave ${wave.name} has not begun` : `${without} without it`;
    const text = `The rollout ${id} of its policy is ${status} and ${isThrough ?? isOut}.`;
    const { ends, refusals } = whatEnds(snapshot, busy, cluster, aim, now);
    // A halted rollout is not planned anew before it goes on.
    const goesOnFirst =
      status === 'Halted'
        ? `The rollout goes on, and what that takes says: liftlock describe rollout ${id}. Then the`
        : 'The';
    const takes = isPlannedAnew
      ? `${goesOnFirst} next full look of the reconciler plans it anew, within the hour.`
      : aim.policy?.spec.trigger === 'manual' || served !== undefined
        ? `${ends}; then somebody runs: liftlock rollout create ${name}.`
        : `${ends}; then another one takes it.`;
    return said(after(takes), reason('RolloutBusy', text), ...(isPlannedAnew ? [] : refusals), ...(out?.reasons ?? []));
  }
  if (out !== undefined) return out;
  if (aim.policy?.spec.trigger === 'automatic') {
    const condition = 'The next full look of the reconciler creates a rollout, within the hour.';
    return said(after(condition), reason('Automatic', `The policy ${name} begins rollouts by itself.`));
  }
  const text = `The policy ${name} has trigger: manual, and no rollout of it is under way.`;
  return said(after(`Somebody runs: liftlock rollout create ${name}`), reason('ManualTrigger', text));
}

/**
 * Who ends a rollout for a cluster that is not in it, and what would refuse that now. Where a promotion would also open later waves, which this
 * cluster does not need, an upgrade by hand is named first.
 */
function whatEnds(
  snapshot: FleetSnapshot,
  { rollout, waves }: WholeRollout,
  cluster: ClusterRecord,
  { target }: ClusterPolicy,
  now: Date,
): { readonly ends: string; readonly refusals: readonly Reason[] } {
  const undecided = waitingForPromotion(waves);
  if (undecided === undefined) return { ends: 'That rollout ends', refusals: [] };
  const opens = waves.some(({ index, status }) => index > undecided.index && status === 'Pending');
  if (!opens) return { ends: promoting(undecided, rollout), refusals: [] };
  const refusals = refusalsByHand(snapshot, cluster, KubeVersion.parse(cluster.version).next(), now);
  const byHand = `liftlock upgrade cluster ${cluster.name} --to ${target} --approve`;
  const ends = `${somebodyOnce(refusals)} takes it there by hand: ${byHand}; or somebody gives that rollout up: liftlock rollout abort ${rollout.id}, since to promote its wave ${undecided.name} would open the waves after it`;
  return { ends, refusals };
}
