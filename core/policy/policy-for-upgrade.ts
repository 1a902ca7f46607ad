import type { UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Reason } from '../contracts/step-result.ts';
import type { Table } from '../ports/table.ts';
import { Configs, Rollouts } from '../store/entities.ts';
import { load, readAhead } from '../store/entity.ts';
import { loadAppliedConfigs, loadFleetInForce, readPolicies, upgradePolicy } from './applied.ts';
import { labeled } from './cluster-labels.ts';
import { policyByHand, policyOf, undecidedPolicy, unreadablePolicy } from './policy-of.ts';
import { keysOfRules } from './read-rules.ts';

/**
 * The policy that an upgrade goes by. `spec` is undefined where no policy selects the cluster, and where nobody knows which one does or what it says
 * (`unknown`).
 */
export interface PolicyForUpgrade {
  /** Only where `spec` is known. */
  readonly name?: string | undefined;
  readonly spec: UpgradePolicySpec | undefined;
  readonly unknown: readonly Reason[];
}

/** The policy that an upgrade goes by: its rollout's, or for an upgrade that a person started the one that selects its cluster. */
export async function loadPolicyForUpgrade(
  table: Pick<Table, 'get' | 'getAll' | 'queryPartition'>,
  cluster: () => Promise<ClusterRecord>,
  upgrade: Upgrade | undefined,
): Promise<PolicyForUpgrade> {
  if (upgrade?.rolloutId !== undefined) {
    const { rolloutId } = upgrade;
    const reader = await readAhead(table, [Rollouts.key(rolloutId), ...keysOfRules(table, rolloutId)]);
    const name = (await load(reader, Rollouts, rolloutId))?.data.policy;
    const applied = name === undefined ? undefined : await load(reader, Configs, 'UpgradePolicy', name);
    const spec = upgradePolicy(applied?.data)?.spec;
    return { name, spec, unknown: spec === undefined ? [unreadablePolicy(name ?? `of ${rolloutId}`)] : [] };
  }
  const { policies, unreadable } = readPolicies(await loadAppliedConfigs(table, 'UpgradePolicy'));
  const match = policyOf(labeled(await cluster(), await loadFleetInForce(table)), policies, unreadable);
  if (match.type === 'one') return { name: match.policy.metadata.name, spec: match.policy.spec, unknown: [] };
  const isUnread = policyByHand(match, unreadable) !== undefined;
  return { spec: undefined, unknown: [...undecidedPolicy(match), ...(isUnread ? [unreadablePolicy(undefined)] : [])] };
}
