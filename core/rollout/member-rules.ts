import type { UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { clusterTags } from '../policy/cluster-tags.ts';
import { type HopRules, hopRules } from '../policy/hop-rules.ts';
import { waveNamed } from '../policy/wave-of.ts';
import { type WindowAnswer, windowRule } from '../policy/window-rule.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** What holds for one cluster's hop in this tick. */
export interface MemberRules {
  readonly rules: HopRules;
  readonly policyAppliedBy: string | undefined;
  /** What its calendars say now, to a hop that begins or to one that was begun. */
  window(begun: boolean): WindowAnswer;
}

/**
 * Looks up the rules of clusters for one tick. Rules are worked out once for all clusters of a wave whose tags name the same calendars,
 * windows are asked once for all that share calendars and an estimate.
 */
export function memberRules(
  snapshot: FleetSnapshot,
  now: Date,
): (policy: string | undefined, cluster: ClusterRecord, wave: Wave | undefined) => MemberRules {
  const answers = new Map<string, WindowAnswer>();
  const shared = new Map<string, HopRules>();
  const { policies, calendars, fleet, learned } = snapshot;
  const prefix = fleet?.tagPrefix ?? '';
  const rulesOf = (policy: UpgradePolicy | undefined, cluster: ClusterRecord, wave: Wave | undefined): HopRules => {
    const fresh = () => hopRules(policy, cluster, wave, calendars, prefix, learned);
    // Without a wave of that name the policy's own choice for this very cluster holds.
    if (wave === undefined || waveNamed(policy, wave.name) === undefined) return fresh();
    const key = `${wave.rolloutId}/${wave.index} ${clusterTags(cluster.tags, prefix).calendars.join(' ')}`;
    const known = shared.get(key) ?? fresh();
    shared.set(key, known);
    return known;
  };
  return (name, cluster, wave) => {
    const applied = name === undefined ? undefined : policies.get(name);
    const rules = rulesOf(applied?.policy, cluster, wave);
    const window = (begun: boolean): WindowAnswer => {
      if (rules.problems.length > 0) return windowRule(rules, now, begun);
      const bakes = rules.wave?.bake !== undefined;
      const key = `${rules.calendarNames.join(' ')}|${rules.estimateMilliseconds}|${rules.mayOverrun}|${bakes}|${begun}`;
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = windowRule(rules, now, begun);
      answers.set(key, answer);
      return answer;
    };
    return { rules, policyAppliedBy: applied?.appliedBy, window };
  };
}
