import type { Member } from '../contracts/items/rollout.ts';
import type { HopRules } from '../policy/hop-rules.ts';
import { hasRoom } from '../policy/never-starts.ts';
import type { RolloutPlan } from '../rollout/decisions.ts';
import { memberRules } from '../rollout/member-rules.ts';
import type { PlanInput } from './plan-input.ts';

/**
 * Whether the calendars of one of these members have no opening before an instant (milliseconds since the epoch) that its first hop fits into. Then
 * it is known without a run that the member is not done by that instant, since neither chance nor caps nor other waves open a window.
 */
export function someNeverStart(
  { snapshot, now }: PlanInput,
  { rollout, waves }: RolloutPlan,
  members: readonly Member[],
  before: number,
): boolean {
  const rulesOf = memberRules(snapshot, now);
  const open = new Set<HopRules>();
  return members.some(({ clusterKey, waveIndex }) => {
    const cluster = snapshot.clusters.get(clusterKey);
    if (cluster === undefined) return false;
    const { rules } = rulesOf(rollout.policy, cluster, waves[waveIndex]);
    if (open.has(rules)) return false;
    if (rules.problems.length > 0 || !hasRoom(rules, now, new Date(before))) return true;
    open.add(rules);
    return false;
  });
}
