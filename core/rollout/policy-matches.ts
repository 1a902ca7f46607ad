import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type PolicyMatch, policyOf } from '../policy/policy-of.ts';
import type { FleetSnapshot } from './snapshot.ts';

type Fleet = Pick<FleetSnapshot, 'policies' | 'clusters'> & Partial<Pick<FleetSnapshot, 'unreadablePolicies'>>;

/** One look at a fleet asks for every rollout which policy a cluster belongs to; what was read does not change meanwhile. */
const known = new WeakMap<Fleet['policies'], WeakMap<Fleet['clusters'], Map<string, PolicyMatch>>>();

/** The policy that selects a cluster of a snapshot. */
export function policyMatch({ policies, clusters, unreadablePolicies }: Fleet, cluster: ClusterRecord): PolicyMatch {
  const byClusters = known.get(policies) ?? new WeakMap<Fleet['clusters'], Map<string, PolicyMatch>>();
  known.set(policies, byClusters);
  const matches = byClusters.get(clusters) ?? new Map<string, PolicyMatch>();
  byClusters.set(clusters, matches);
  const found = matches.get(cluster.clusterKey);
  if (found !== undefined) return found;
  const match = policyOf(
    cluster,
    [...policies.values()].map((applied) => applied.policy),
    unreadablePolicies,
  );
  matches.set(cluster.clusterKey, match);
  return match;
}
