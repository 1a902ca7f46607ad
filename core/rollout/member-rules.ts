import type { UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { clusterTags } from '../policy/cluster-tags.ts';
import { type HopRules, hopRules } from '../policy/hop-rules.ts';
import { policyByHand, undecidedPolicy } from '../policy/policy-of.ts';
import { rulingWave, waveNamed } from '../policy/wave-of.ts';
import { type WindowAnswer, windowRule } from '../policy/window-rule.ts';
import { type FleetSnapshot, policyMatch } from './snapshot.ts';
import { sharedNameIn } from './wave-place.ts';

/** The rules for one cluster's hop in this tick. */
interface MemberRules {
  readonly rules: HopRules;
  readonly policyAppliedBy: readonly string[] | undefined;
  /** What the cluster's calendars say now to a hop that begins, or to one that was begun. */
  window(begun: boolean): WindowAnswer;
}

type RulesOf = (policy: string | undefined, cluster: ClusterRecord, wave: Wave | undefined) => MemberRules;

/**
 * Looks up the rules of clusters for one tick. Rules are worked out once for all clusters of a wave whose tags name the same calendars,
 * windows are asked once for all that share calendars and an estimate.
 */
export function memberRules(snapshot: FleetSnapshot, now: Date): RulesOf {
  const answers = new Map<string, WindowAnswer>();
  /** Rules by rollout, then by wave, then by the calendars of tags. */
  const shared = new Map<string, Map<number, Map<string, MemberRules>>>();
  const { policies, calendars, fleet, learned } = snapshot;
  const prefix = fleet?.tagPrefix ?? '';
  const fresh: RulesOf = (name, cluster, wave) => {
    const applied = name === undefined ? undefined : policies.get(name);
    const rules = hopRules(
      name === undefined ? undefined : (applied?.policy ?? 'unreadable'),
      cluster,
      wave,
      calendars,
      prefix,
      learned,
    );
    return { rules, policyAppliedBy: applied?.appliedBy, window: windowOf(rules, now, answers) };
  };
  const isInPolicy = (policy: UpgradePolicy | undefined, wave: Wave): boolean =>
    waveNamed(policy, wave.name) !== undefined;
  return (name, cluster, wave) => {
    // Where the policy has no wave of that name, it chooses one for each cluster, so the rules are not shared.
    if (wave === undefined || !isInPolicy(policies.get(name ?? '')?.policy, wave)) return fresh(name, cluster, wave);
    const ofRollout = kept(shared, wave.rolloutId, () => new Map<number, Map<string, MemberRules>>());
    const ofWave = kept(ofRollout, wave.index, () => new Map<string, MemberRules>());
    const own = clusterTags(cluster.tags, prefix);
    if (own.wave !== undefined) return fresh(name, cluster, wave);
    const found = kept(ofWave, own.calendars.join(' '), () => fresh(name, cluster, wave));
    // Whether one cluster belongs to a later wave by now says nothing of the other clusters.
    const { policy } = found.rules;
    const unplaced = policy === undefined ? [] : rulingWave(policy, cluster, wave.name, prefix).unplaced;
    return unplaced.length === 0 && found.rules.unplaced.length === 0
      ? found
      : { ...found, rules: { ...found.rules, unplaced } };
  };
}

/** The rules that an upgrade goes by which a person starts. */
export function rulesByHand(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  rulesOf: RulesOf,
  begun = false,
): { readonly rules: HopRules; readonly window: WindowAnswer } {
  const match = policyMatch(snapshot, cluster);
  const { rules, window } = rulesOf(policyByHand(match, snapshot.unreadablePolicies), cluster, undefined);
  const shared = match.type === 'one' ? sharedNameIn(snapshot, match.policy, cluster) : [];
  const unplaced = [...rules.unplaced, ...undecidedPolicy(match), ...shared];
  return { rules: { ...rules, unplaced }, window: window(begun) };
}

function windowOf(rules: HopRules, now: Date, answers: Map<string, WindowAnswer>): MemberRules['window'] {
  const key = `${rules.calendarNames.join(' ')}|${rules.estimateMilliseconds}|${rules.mayOverrun}|${rules.wave?.bake}`;
  const known = new Map<boolean, WindowAnswer>();
  return (begun) =>
    kept(known, begun, () => {
      const ask = () => windowRule(rules, now, begun);
      return rules.problems.length > 0 ? ask() : kept(answers, `${key}|${begun}`, ask);
    });
}

function kept<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
