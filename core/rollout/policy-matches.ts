import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { NodesSpec } from '../model/image-rule.ts';
import { remembered } from '../model/remembered.ts';
import { type PolicyMatch, policyOf } from '../policy/policy-of.ts';
import type { FleetSnapshot } from './snapshot.ts';

type Fleet = Pick<FleetSnapshot, 'policies' | 'clusters'> & Partial<Pick<FleetSnapshot, 'unreadablePolicies'>>;

/** One look at a fleet asks for every rollout which policy a cluster belongs to, so the answers are kept; what was read does not change meanwhile. */
const matchesOf = remembered(
  (_: Fleet['policies']) => remembered((_: Fleet['clusters']) => new Map<string, PolicyMatch>(), new WeakMap()),
  new WeakMap(),
);

/** What the cluster's policy says of the images of node groups; undefined where not exactly one policy selects the cluster. */
export function nodesIn(fleet: Fleet, cluster: ClusterRecord): NodesSpec {
  const match = policyMatch(fleet, cluster);
  return match.type === 'one' ? match.policy.spec.nodes : undefined;
}

/** The policy that selects a cluster of a snapshot. */
export function policyMatch({ policies, clusters, unreadablePolicies }: Fleet, cluster: ClusterRecord): PolicyMatch {
  const matches = matchesOf(policies)(clusters);
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
