import { openTimeWithin } from '../../calendar/longest-opening.ts';
import { concurrencyLimit, failureLimit } from '../../config/wave-limits.ts';
import type { Member } from '../../contracts/items/rollout.ts';
import { capLimit } from '../../policy/caps.ts';
import { estimateOf } from '../../policy/hop-rules.ts';
import type { RolloutPlan } from '../../rollout/plan-rollout.ts';
import type { PolicyDeadline } from '../deadline.ts';
import { type Drawn, hopsOf, membersOf } from '../drawn.ts';
import { someNeverStart } from '../never-starts.ts';
import type { PlanInput } from '../plan-input.ts';

/** Whether it is known, without drawing a plan, that a deadline is also missed under other rules (`input`). */
export function isHopeless(drawn: Drawn, input: PlanInput, deadline: PolicyDeadline): boolean {
  const plan = drawn.plans.find(({ rollout }) => rollout.policy === deadline.policy);
  if (deadline.at === undefined || plan === undefined) return false;
  const needed = membersOf(plan);
  const notBegun = needed.filter(({ clusterKey }) => !drawn.forward.fleet.lived.has(clusterKey));
  return isOutOfTime(input, plan, needed, deadline.at) || someNeverStart(input, plan, notBegun, deadline.at);
}

const DAY = 86_400_000;

/**
 * Whether the hops of these members are more work for one of their waves than fits into the time that the wave's calendars leave before an instant
 * (milliseconds since the epoch), with as many running at once as may. Then it is known without a run that they are not done by that instant.
 */
function isOutOfTime(
  { snapshot, now }: PlanInput,
  plan: RolloutPlan,
  members: readonly Member[],
  before: number,
): boolean {
  const { fleet, policies, calendars, learned } = snapshot;
  const policy = policies.get(plan.rollout.policy)?.policy;
  if (policy === undefined || fleet === undefined) return false;
  const atMost = capLimit('total', fleet, policy.spec) ?? Number.POSITIVE_INFINITY;
  const estimate = estimateOf(policy, learned);
  return policy.spec.waves.some((spec, index) => {
    // Work that may go on after its window has closed needs less time within the window.
    if (spec.mayOverrun || spec.bake !== undefined) return false;
    const hops = members.reduce((sum, member) => sum + (member.waveIndex === index ? hopsOf(member).length : 0), 0);
    if (hops === 0) return false;
    const all = membersOf(plan).filter(({ waveIndex }) => waveIndex === index).length;
    const mayFail = spec.failureBudget.countInFlight ? Math.max(1, failureLimit(spec, all)) : atMost;
    const atOnce = Math.min(concurrencyLimit(spec, all), mayFail, atMost);
    const own = [spec.calendar ?? []].flat().flatMap((name) => calendars.get(name) ?? []);
    return hops * estimate > atOnce * openTimeWithin(own, now, (before - now.getTime()) / DAY);
  });
}
