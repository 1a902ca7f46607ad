import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { type HopRules, hopRules } from '../policy/hop-rules.ts';
import { type WindowAnswer, windowRule } from '../policy/window-rule.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** What holds for one cluster's hop in this tick. */
export interface MemberRules {
  readonly rules: HopRules;
  readonly policyAppliedBy: string | undefined;
  /** What its calendars say now, to a hop that begins or to one that was begun. */
  window(begun: boolean): WindowAnswer;
}

/** Looks up the rules of clusters for one tick. Windows are asked once for all clusters that share calendars and an estimate. */
export function memberRules(
  snapshot: FleetSnapshot,
  now: Date,
): (policy: string | undefined, cluster: ClusterRecord, wave: Wave | undefined) => MemberRules {
  const answers = new Map<string, WindowAnswer>();
  const { policies, calendars, fleet, learned } = snapshot;
  return (name, cluster, wave) => {
    const applied = name === undefined ? undefined : policies.get(name);
    const rules = hopRules(applied?.policy, cluster, wave, calendars, fleet?.tagPrefix ?? '', learned);
    const window = (begun: boolean): WindowAnswer => {
      if (rules.problems.length > 0) return windowRule(rules, now, begun);
      const key = `${rules.calendarNames.join(' ')}|${rules.estimateMilliseconds}|${rules.mayOverrun}|${begun}`;
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = windowRule(rules, now, begun);
      answers.set(key, answer);
      return answer;
    };
    return { rules, policyAppliedBy: applied?.appliedBy, window };
  };
}
