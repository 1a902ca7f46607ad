import type { Member } from '../../contracts/items/rollout.ts';
import { quarantineReasons } from '../../policy/quarantine.ts';
import type { RolloutPlan } from '../../rollout/plan-rollout.ts';
import type { PolicyDeadline } from '../deadline.ts';
import { type Drawn, membersOf } from '../drawn.ts';
import { someNeverStart } from '../never-starts.ts';
import type { PlanInput } from '../plan-input.ts';
import { isOutOfTime } from './out-of-time.ts';

/** Whether it is known without drawing a plan that a deadline is missed under other rules (`input`) too. */
export function isHopeless(drawn: Drawn, input: PlanInput, deadline: PolicyDeadline): boolean {
  const plan = drawn.plans.find(({ rollout }) => rollout.policy === deadline.policy);
  if (deadline.at === undefined || plan === undefined) return false;
  const needed = neededFor(plan, deadline, input);
  const notBegun = needed.filter(({ clusterKey }) => !drawn.forward.fleet.lived.has(clusterKey));
  return isOutOfTime(input, plan, needed, deadline.at) || someNeverStart(input, plan, notBegun, deadline.at);
}

/**
 * Members that must be done before a deadline for it to be met: those that it counts, and all of the waves before them, since a wave opens
 * when those before it have settled. Who is set aside at first is not waited for.
 */
function neededFor(plan: RolloutPlan, { overdue }: PolicyDeadline, { snapshot, now }: PlanInput): Member[] {
  const past = new Set(overdue.map(({ cluster }) => cluster.clusterKey));
  const members = membersOf(plan);
  const last = members.reduce(
    (most, { clusterKey, waveIndex }) => (past.has(clusterKey) ? most : Math.max(most, waveIndex)),
    -1,
  );
  return members.filter(({ clusterKey, waveIndex }) => {
    if (!past.has(clusterKey)) return true;
    const cluster = snapshot.clusters.get(clusterKey);
    return waveIndex < last && cluster !== undefined && quarantineReasons(cluster, now).length === 0;
  });
}
