import type { FleetSpec } from '../config/types.ts';
import type { AccountState, ClusterRecord } from '../contracts/items/cluster.ts';

/** A message of discovery is tried five times, three minutes apart; a cluster that is not recorded by then is not waited for. */
const RECORDED_WITHIN_MILLISECONDS = 15 * 60_000;

/**
 * Whether everything is known that a rollout begins with: every account and Region of the Fleet was looked at, and what was listed there is
 * in the inventory. Between the first look and the last record a rollout would be planned over whatever came first, production clusters
 * before those of the lower environments among them.
 */
export function isInventoryComplete(
  fleet: FleetSpec,
  accounts: readonly AccountState[],
  clusters: Iterable<ClusterRecord>,
  now: Date,
): boolean {
  const looked = new Set(accounts.map(({ account, region }) => `${account}/${region}`));
  const all = fleet.accounts.flatMap((account) => fleet.regions.map((region) => `${account}/${region}`));
  if (accounts.length === 0 || !all.every((scope) => looked.has(scope))) return false;
  const recorded = new Map<string, number>();
  for (const { account, region, deletedAt } of clusters) {
    if (deletedAt !== undefined) continue;
    const scope = `${account}/${region}`;
    recorded.set(scope, (recorded.get(scope) ?? 0) + 1);
  }
  return accounts
    .filter(({ status }) => status === 'Ok')
    .filter(({ checkedAt }) => now.getTime() - Date.parse(checkedAt) < RECORDED_WITHIN_MILLISECONDS)
    .every(({ account, region, clusters: listed }) => (recorded.get(`${account}/${region}`) ?? 0) >= listed);
}
