import type { UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Ports } from '../ports/ports.ts';
import { loadFleetInForce } from './applied.ts';
import { labeled } from './cluster-labels.ts';
import { selects } from './policy-of.ts';

/**
 * After how long the policy has rolls of this cluster sent by force (docs/policies.md, Rolls that budgets stop), by the labels that the Fleet in force
 * gives it: `4h`. Undefined where the policy names no such cluster, or its expression has no answer.
 */
export async function loadForcedAfter(
  { table }: Pick<Ports, 'table'>,
  record: () => Promise<ClusterRecord>,
  spec: Pick<UpgradePolicySpec, 'nodes'> | undefined,
): Promise<string | undefined> {
  const force = spec?.nodes?.podEvictionFailure?.force;
  if (force === undefined) return undefined;
  const cluster = labeled(await record(), await loadFleetInForce(table));
  return selects(force.selector, cluster).matches ? force.after : undefined;
}
