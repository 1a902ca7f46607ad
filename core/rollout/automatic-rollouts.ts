import type { Member, Rollout } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { hopId, isFinish } from '../model/hop.ts';
import { isInventoryComplete } from './inventory-complete.ts';
import { planRollout, type RolloutPlan } from './plan-rollout.ts';
import type { FleetSnapshot } from './snapshot.ts';

export const AT_REST: readonly Rollout['status'][] = ['Completed', 'CompletedWithFailures', 'Aborted'];

/**
 * Whether a retry may have a rollout go on with a cluster that the policy `selecting` selects now. A member of one under way stays one; one
 * that has ended is taken up again only by its own policy, since another one asks for its own approvals and windows.
 */
export const goesOnWith = ({ status, policy }: Rollout, selecting: string | undefined): boolean =>
  !AT_REST.includes(status) || (status !== 'Aborted' && policy === selecting);

/**
 * One try for each cluster and target, and one to finish what is behind there: what failed or was blocked waits for `retry`, not for another
 * rollout.
 */
export const servedKey = (policy: string, member: Pick<Member, 'clusterKey' | 'from' | 'to'>): string =>
  `${policy}/${isFinish(member) ? hopId(member.from, member.to) : member.to}/${member.clusterKey}`;

/** A cluster that an abort or a person took out is not taken up again by itself; one that a tag excluded is, once the tag is gone. */
export const isServed = ({ status, reasons }: Pick<Member, 'status' | 'reasons'>): boolean =>
  status !== 'Excluded' || reasons.some(({ code }) => code === 'RolloutAborted' || code === 'Skipped');

/**
 * Rollouts of policies with `trigger: automatic`: one at a time for each policy, over the clusters that need work and were in none for that
 * target yet. Needs the full look (`snapshot.history`); events only make it happen sooner.
 */
export function automaticRollouts(snapshot: FleetSnapshot, now: Date): RolloutPlan[] {
  const { history, fleet } = snapshot;
  if (history === undefined || fleet?.mode !== 'act') return [];
  if (history.accounts !== undefined && !isInventoryComplete(fleet, history, snapshot, now)) return [];
  const plans: RolloutPlan[] = [];
  for (const [name, { policy }] of snapshot.policies) {
    if (policy.spec.trigger !== 'automatic') continue;
    if (history.rollouts.some((rollout) => rollout.policy === name && !AT_REST.includes(rollout.status))) continue;
    const plan = planRollout(snapshot, name, {
      now,
      createdBy: LIFTLOCK,
      // The same clusters may come again, let in by a tag that is gone: then it is another rollout.
      salt: String(history.rollouts.filter((rollout) => rollout.policy === name).length),
      // A cluster that is held since it failed is not tried again, and its wave proves nothing without it.
      skip: ({ clusterKey, version: from }, target) =>
        history.served.has(servedKey(name, { clusterKey, from, to: target.toString() })) &&
        snapshot.controls.get(clusterKey)?.held === undefined,
    });
    if (plan !== undefined) plans.push(plan);
  }
  return plans;
}
