import type { FleetSpec } from '../config/types.ts';
import type { AccountState, ClusterRecord } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { isForgotten, NEVER } from '../policy/cluster-labels.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** A message of discovery is tried five times, three minutes apart; a cluster that is not recorded by then is not waited for. */
const RECORDED_WITHIN_MILLISECONDS = 15 * 60_000;
const MOST_NAMES = 5;

/**
 * Whether everything is known that a rollout begins with: every account and Region of the Fleet was looked at, what was listed there is in
 * the inventory, and what EKS offers there was read. Between the first look and the last record a rollout would be planned over whatever came first, production clusters
 * before those of the lower environments among them.
 */
export const isInventoryComplete = (...known: Parameters<typeof inventoryGaps>): boolean =>
  inventoryGaps(...known).length === 0;

/** What is missing for that, a reason for each account and Region; empty when nothing is. */
export function inventoryGaps(
  fleet: FleetSpec,
  { accounts = [], organizationId }: Pick<NonNullable<FleetSnapshot['history']>, 'accounts' | 'organizationId'>,
  { clusters, regions }: Pick<FleetSnapshot, 'clusters' | 'regions'>,
  now: Date,
): Reason[] {
  const looked = new Set(accounts.filter(({ checkedAt }) => checkedAt !== NEVER).map(scopeOf));
  // Of the accounts of an organization those that were looked at once.
  const members = fleet.organizationId === undefined ? [] : accounts.map(({ account }) => account);
  const known = [...new Set([...fleet.accounts, ...members])];
  const all = known.flatMap((account) => fleet.regions.map((region) => ({ account, region })));
  const unseen = all
    .filter((scope) => !looked.has(scopeOf(scope)))
    .map(({ account, region }) => gap(`Nobody has looked into ${account} in ${region} yet.`));
  // The accounts of an organization are known by looking.
  if (fleet.organizationId !== undefined && fleet.organizationId !== organizationId)
    unseen.push(gap(`Nobody has listed the accounts of the organization ${fleet.organizationId} yet.`));
  const recorded = Map.groupBy(
    [...clusters.values()].filter((cluster) => cluster.deletedAt === undefined && !isForgotten(cluster)),
    scopeOf,
  );
  // A cluster without a version to go to would be left out for now, and its wave passed over.
  const unoffered = fleet.regions
    .filter((region) => !regions.has(region) && [...recorded.values()].some(([one]) => one?.region === region))
    .map((region) => gap(`Nobody has read yet which versions EKS offers in ${region}.`));
  const unrecorded = accounts
    .filter(({ status }) => status === 'Ok')
    .filter(({ checkedAt }) => now.getTime() - Date.parse(checkedAt) < RECORDED_WITHIN_MILLISECONDS)
    .flatMap((state) => unrecordedIn(state, recorded.get(scopeOf(state)) ?? []));
  return [...unseen, ...unoffered, ...unrecorded];
}

const scopeOf = ({ account, region }: Pick<AccountState, 'account' | 'region'>): string => `${account}/${region}`;

const gap = (message: string): Reason => reason('InventoryIncomplete', message);

function unrecordedIn(
  { account, region, clusters, names = [] }: AccountState,
  own: readonly ClusterRecord[],
): Reason[] {
  if (own.length >= clusters) return [];
  const known = new Set(own.map(({ name }) => name));
  const missing = names.filter((name) => !known.has(name));
  const more = missing.length > MOST_NAMES ? ` and ${missing.length - MOST_NAMES} more` : '';
  const which = missing.length === 0 ? '' : ` Still to come: ${missing.slice(0, MOST_NAMES).join(', ')}${more}.`;
  return [gap(`${account} in ${region} lists ${clusters} clusters; recorded so far: ${own.length}.${which}`)];
}
