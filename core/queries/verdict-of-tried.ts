import { AT_REST, type Member, type Rollout } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { hasLeft, newerIsUnderWay, refusalsOfRetry, triedOnce } from '../rollout/retry-member.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import type { Answer } from '../rollout/waiting.ts';
import { waitingForPromotion, waysOn } from '../rollout/wave-end.ts';
import { wavePlace } from '../rollout/wave-place.ts';
import { isTried } from '../store/entities.ts';
import type { MemberPlace, Place, WholeRollout } from './place-of.ts';
import { somebodyOnce } from './upgrade-plan.ts';
import { after, promoting, said, uncapitalized, type Verdict } from './verdict-words.ts';

/**
 * The verdict after the one try that each cluster has for each target: what ended without success waits for a person. Without reasons of the member
 * nobody knows of a cause that is still there.
 */
export function again(snapshot: FleetSnapshot, place: MemberPlace, isFinished: boolean, now: Date): Verdict {
  const { member, rollout } = place;
  const { reasons, until } = isFinished ? refusalsBeside(rollout, place) : refusalsIn(snapshot, place, now);
  if (hasLeftPlace(snapshot, place, reasons)) {
    const another = onceEnded(
      snapshot,
      rollout.policy,
      place,
      `Somebody runs: liftlock rollout create ${rollout.policy}`,
    );
    return said(after(another), ...triedOnce(member), ...reasons);
  }
  const retry = `runs: liftlock retry cluster ${member.name}`;
  const condition = isFinished
    ? `It is whole at ${member.to}: it counts as succeeded once somebody ${retry}`
    : `${somebodyOnce(reasons)}${member.reasons.length === 0 ? '' : ' removes the cause and'} ${retry}`;
  return said(after(condition, until), ...triedOnce(member), ...reasons);
}

/** Whether the cluster belongs to another wave, or goes to another minor, by now than where it would be tried again: only another rollout takes it there. */
export function hasLeftPlace(
  snapshot: FleetSnapshot,
  { rollout, member }: MemberPlace,
  refusals: readonly Reason[],
): boolean {
  if (hasLeft(refusals)) return true;
  const policy = snapshot.policies.get(rollout.policy)?.policy;
  const cluster = snapshot.clusters.get(member.clusterKey);
  if (policy === undefined || cluster === undefined) return false;
  return refusals.some(({ code }) => code === 'NoWave') && wavePlace(snapshot, policy, cluster).index >= 0;
}

/** What refuses a retry of the cluster in its place. */
export function refusalsIn(snapshot: FleetSnapshot, place: MemberPlace, now: Date): Answer {
  const { rollout, waves, member } = place;
  const { reasons, until } = refusalsOfRetry(snapshot, rollout, waves, member, now);
  return { reasons: [...reasons, ...refusalsBeside(rollout, place).reasons], until };
}

/** What refuses a retry in a rollout, whichever cluster is retried: that another rollout of its policy goes on. */
export function refusalsBeside({ id, policy }: Rollout, place: Place | undefined): Answer {
  const known = [place?.rollout, place?.beside?.rollout].filter((one) => one !== undefined);
  const others = known.filter((one) => one.id !== id && one.policy === policy && !AT_REST.includes(one.status));
  return { reasons: others.map(newerIsUnderWay) };
}

/** The sentence `then`, once the rollout of the policy that is under way has ended: a policy has one at a time. */
export function onceEnded(snapshot: FleetSnapshot, policy: string, place: Place | undefined, then: string): string {
  const isOfIt = (one: Rollout) => one.policy === policy && !AT_REST.includes(one.status);
  // A halted rollout is not in the snapshot, but no other one is created beside it either.
  const known = [place, place?.beside, ...snapshot.rollouts.map((rollout) => ({ rollout }))];
  const busy = known.find((one) => one !== undefined && isOfIt(one.rollout));
  if (busy === undefined) return then;
  return `${howItEnds({ waves: [], ...busy }, `the rollout ${busy.rollout.id}`)}, and then ${uncapitalized(then)}`;
}

/** What ends a rollout: a person where it stands still, or where a wave waits for a promotion. `called`: its name in the sentence. */
export function howItEnds({ rollout, waves }: WholeRollout, called = 'that rollout'): string {
  const undecided = waitingForPromotion(waves);
  const steps = [
    ...waysOn(rollout, waves).map(uncapitalized),
    ...(undecided === undefined ? [] : [uncapitalized(promoting(undecided, rollout))]),
    ...(undecided === undefined || opensMore(waves, undecided) ? [`${called} ends`] : []),
  ].join(', and ');
  return steps.charAt(0).toUpperCase() + steps.slice(1);
}

/** Whether the promotion of a wave would open later ones. */
export const opensMore = (waves: WholeRollout['waves'], { index: of }: { readonly index: number }): boolean =>
  waves.some(({ index, status }) => index > of && status === 'Pending');

/** Whether a retry has the cluster tried again in its rollout; in one that was aborted nothing begins any more, nor in overtaken ones. */
export const isTriedAgain = ({ rollout, isOvertaken }: Place, member: Member): boolean =>
  isTried(member) && rollout.status !== 'Aborted' && isOvertaken !== true;

/**
 * The verdict where a rollout is through with the cluster: no rollout takes it up again by itself for that target, but one that a person creates
 * does.
 */
export function takenOut(snapshot: FleetSnapshot, place: Place, member: Member): Verdict {
  const { rollout } = place;
  const aborted = rollout.status === 'Aborted';
  const what = aborted ? 'was aborted' : `ended with ${member.name} ${member.status}`;
  const text = `The rollout ${rollout.id} ${what}. No other one begins by itself for ${member.name} and ${member.to}.`;
  // The rollout tells who aborted it and why; a member that the abort took out would only repeat it. What was seen at a success was before somebody
  // took the cluster back.
  const others = member.reasons.filter(({ code }) => code !== 'RolloutAborted' && member.status !== 'Succeeded');
  return said(
    after(onceEnded(snapshot, rollout.policy, place, `Somebody runs: liftlock rollout create ${rollout.policy}`)),
    reason(aborted ? 'RolloutAborted' : 'TakenOut', text),
    ...(aborted ? rollout.reasons : []),
    ...others,
  );
}
