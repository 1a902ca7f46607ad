import type { UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Ports } from '../ports/ports.ts';
import { loadFleetInForce } from './applied.ts';
import { labeled } from './cluster-labels.ts';
import { selects } from './policy-of.ts';

type Spec = Pick<UpgradePolicySpec, 'nodes'> | undefined;

/**
 * After how long the policy has rolls of this cluster sent by force (docs/policies.md, Rolls that budgets stop), by the labels that it has here: `4h`.
 * Undefined where the policy names no such cluster, or its expression has no answer.
 */
function forcedAfter(spec: Spec, cluster: ClusterRecord): string | undefined {
  const force = spec?.nodes?.podEvictionFailure?.force;
  return force !== undefined && selects(force.selector, cluster).matches ? force.after : undefined;
}

/** The same, by the labels that the Fleet in force gives to the cluster. */
export async function loadForcedAfter(
  { table }: Pick<Ports, 'table'>,
  record: () => Promise<ClusterRecord>,
  spec: Spec,
): Promise<string | undefined> {
  if (spec?.nodes?.podEvictionFailure?.force === undefined) return undefined;
  return forcedAfter(spec, labeled(await record(), await loadFleetInForce(table)));
}

/** What the rolls of a cluster do about PodDisruptionBudgets, as plans say it. */
export function budgetsText(spec: Spec, cluster: ClusterRecord): string {
  const after = forcedAfter(spec, cluster);
  return after === undefined
    ? 'respecting PodDisruptionBudgets'
    : `respecting PodDisruptionBudgets until ${after} after the beginning of the first roll that they stop; the next one of that group is by force, and EKS deletes the pods that stay`;
}
