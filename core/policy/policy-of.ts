import type { UpgradePolicy, UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import type { Table } from '../ports/table.ts';
import { matchSelector } from '../selector/match.ts';
import { Configs, Rollouts } from '../store/entities.ts';
import { decode, load } from '../store/entity.ts';
import { upgradePolicy } from './applied.ts';

/** `none`: no policy selects the cluster. `ambiguous`: several do, so it is left alone (semantics.md, Wave). */
export type PolicyMatch =
  | { readonly type: 'one'; readonly policy: UpgradePolicy }
  | { readonly type: 'none' }
  | { readonly type: 'ambiguous'; readonly names: readonly string[] };

export function policyOf(cluster: Pick<ClusterRecord, 'labels'>, policies: readonly UpgradePolicy[]): PolicyMatch {
  const matching = policies.filter((policy) => matchSelector(policy.spec.selector, cluster.labels).matches);
  const [first] = matching;
  if (first === undefined) return { type: 'none' };
  if (matching.length > 1) return { type: 'ambiguous', names: matching.map((policy) => policy.metadata.name).sort() };
  return { type: 'one', policy: first };
}

/** `names` = the policies that select it. */
export const ambiguousPolicy = (names: readonly string[]): Reason =>
  reason('AmbiguousPolicy', `Several policies select it (${names.join(', ')}); it is left alone until one does.`);

/** The policy that an upgrade runs under: its rollout's, or for one started by hand the one that selects its cluster. */
export async function policyForUpgrade(
  table: Table,
  cluster: ClusterRecord,
  upgrade: Upgrade | undefined,
): Promise<UpgradePolicySpec | undefined> {
  if (upgrade?.rolloutId !== undefined) {
    const rollout = await load(table, Rollouts, upgrade.rolloutId);
    const applied =
      rollout === undefined ? undefined : await load(table, Configs, 'UpgradePolicy', rollout.data.policy);
    return upgradePolicy(applied?.data)?.spec;
  }
  const match = policyOf(cluster, await allPolicies(table));
  return match.type === 'one' ? match.policy.spec : undefined;
}

export async function allPolicies(table: Pick<Table, 'queryPartition'>): Promise<UpgradePolicy[]> {
  const items = await table.queryPartition('CONFIG', 'UpgradePolicy#');
  return items.flatMap((item) => upgradePolicy(decode(Configs, item).data) ?? []);
}
