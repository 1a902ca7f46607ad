import type { Member, Rollout } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';

const MOST_NAMES = 5;

/** What a plan changes in a rollout, for people. `removed`: members of the plan before, also those that are in another wave by now. */
export function whatChanged(
  before: readonly Member[],
  next: readonly Member[],
  removed: readonly Pick<Member, 'clusterKey'>[],
  { rollout, target, revision }: { readonly rollout: Rollout; readonly target: string; readonly revision: string },
): Reason[] {
  const was = new Map(before.map((member) => [member.clusterKey, member]));
  const is = new Set(next.map((member) => member.clusterKey));
  const joined = next.filter((member) => !was.has(member.clusterKey));
  const changed = (how: (old: Member, member: Member) => boolean): Member[] =>
    next.filter((member) => {
      const old = was.get(member.clusterKey);
      return old !== undefined && how(old, member);
    });
  const moved = changed((old, { waveIndex, to }) => old.waveIndex !== waveIndex || old.to !== to);
  const letIn = changed((old, { status }) => old.status === 'Excluded' && status !== 'Excluded');
  const keptOut = changed((old, { status }) => old.status !== 'Excluded' && status === 'Excluded');
  const left = removed.filter((member) => !is.has(member.clusterKey));
  const reasons: Reason[] = [];
  if (revision !== rollout.policyRevision)
    reasons.push(reason('PolicyChanged', `The policy ${rollout.policy} has changed.`));
  if (target !== rollout.target)
    reasons.push(reason('TargetChanged', `The target is ${target} instead of ${rollout.target}.`));
  const list = (members: readonly Member[]) => {
    const names = members.slice(0, MOST_NAMES).map(({ name }) => name);
    return names.length < members.length ? `${names.join(', ')} and others` : names.join(', ');
  };
  if (joined.length > 0) reasons.push(reason('ClustersJoined', `${joined.length} joined: ${list(joined)}.`));
  if (moved.length > 0) reasons.push(reason('ClustersMoved', `${moved.length} moved: ${list(moved)}.`));
  if (letIn.length > 0) reasons.push(reason('ClustersLetIn', `${letIn.length} let in again: ${list(letIn)}.`));
  if (keptOut.length > 0) reasons.push(reason('ClustersKeptOut', `${keptOut.length} kept out: ${list(keptOut)}.`));
  if (left.length > 0)
    reasons.push(reason('ClustersLeft', `${left.length} left: no wave that has still to begin takes them now.`));
  if (reasons.length === 0)
    reasons.push(reason('PlanRefreshed', 'Positions or what is known of the clusters changed.'));
  return reasons;
}
