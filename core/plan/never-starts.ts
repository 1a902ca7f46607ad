import { hasOpening } from '../calendar/longest-opening.ts';
import type { Member } from '../contracts/items/rollout.ts';
import type { HopRules } from '../policy/hop-rules.ts';
import { LAST_COMMIT_MILLISECONDS } from '../policy/window-rule.ts';
import { memberRules } from '../rollout/member-rules.ts';
import type { RolloutPlan } from '../rollout/plan-rollout.ts';
import type { PlanInput } from './plan-input.ts';

/**
 * Whether the calendars of one of these members have no opening before an instant (milliseconds since the epoch) that its first hop fits
 * into: then no run needs to be drawn to know that it is not done by then, since neither chance nor caps nor other waves open a window.
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
    if (!fits(rules, now, before)) return true;
    open.add(rules);
    return false;
  });
}

function fits({ calendars, problems, mayOverrun, estimateMilliseconds }: HopRules, now: Date, before: number): boolean {
  if (problems.length > 0) return false;
  const needed = Math.max(LAST_COMMIT_MILLISECONDS, mayOverrun ? 0 : estimateMilliseconds);
  // The window of a hop that begins right before the instant closes after it.
  return hasOpening(calendars, now, new Date(before + needed), needed);
}
