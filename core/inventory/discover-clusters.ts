import { isDenied } from '../contracts/eks-errors.ts';
import { errorMessage, errorName } from '../contracts/errors.ts';
import type { AccountState, ClusterRecord } from '../contracts/items/cluster.ts';
import { fleetInForce } from '../policy/applied.ts';
import type { Scope } from '../ports/eks.ts';
import type { ClusterItem } from '../ports/outside.ts';
import type { Ports } from '../ports/ports.ts';
import { Accounts } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { markDirty } from '../store/mark-dirty.ts';
import { becomesUnreachable } from './record-cluster.ts';
import { livingRecords } from './records.ts';

export type DiscoverPorts = Pick<Ports, 'table' | 'eks' | 'queue' | 'organization' | 'clock'>;

/** Node groups, add-ons and insights once a day, the cluster itself hourly (semantics.md, Freshness): deep at this hour, UTC. */
const DEEP_HOUR = 3;

/**
 * Lists the clusters of every account and Region of the Fleet and queues one item for each, also for those in the inventory that were not
 * listed: only DescribeCluster says that one is gone. A denied or unreachable account is recorded with its reason and loses nothing.
 */
export async function discoverClusters(ports: DiscoverPorts): Promise<{ items: number; accounts: AccountState[] }> {
  const fleet = await fleetInForce(ports.table);
  if (fleet === undefined) return { items: 0, accounts: [] };
  const accounts = [
    ...new Set([
      ...fleet.accounts,
      ...(fleet.organizationId === undefined ? [] : await ports.organization.listAccounts()),
    ]),
  ].sort();
  const inventory = await livingRecords(ports.table);
  const depth = ports.clock.now().getUTCHours() === DEEP_HOUR ? 'deep' : 'shallow';
  const seen = new Set((await ports.table.queryPartition('ACCOUNTS')).map(({ sk }) => sk));
  const states: AccountState[] = [];
  let items = 0;
  for (const account of accounts) {
    for (const region of fleet.regions) {
      const known = inventory.filter((record) => record.account === account && record.region === region);
      const { state, found } = await discoverScope(ports, { account, region }, known, depth);
      states.push(state);
      items += found;
    }
  }
  // The last Region to be looked at for the first time may be empty: then no record tells that the inventory is complete now.
  if (states.some((state) => !seen.has(Accounts.key(state.account, state.region).sk))) await markDirty(ports);
  return { items, accounts: states };
}

async function discoverScope(
  ports: DiscoverPorts,
  scope: Scope,
  known: readonly ClusterRecord[],
  depth: ClusterItem['depth'],
): Promise<{ state: AccountState; found: number }> {
  const checkedAt = ports.clock.now().toISOString();
  let names: string[];
  try {
    names = await ports.eks.listClusters(scope);
  } catch (error) {
    const why = `${errorName(error)}: ${errorMessage(error)}`;
    const state: AccountState = {
      ...scope,
      status: isDenied(error) ? 'Denied' : 'Unreachable',
      reason: why,
      clusters: known.length,
      checkedAt,
    };
    await ports.table.transact([put(Accounts, state, 'any')]);
    if (isDenied(error)) for (const record of known) await becomesUnreachable(ports, record.clusterKey, why);
    return { state, found: 0 };
  }
  const all = [...new Set([...names, ...known.map((record) => record.name)])].sort();
  await ports.queue.send(all.map((name) => ({ ...scope, name, depth })));
  const state: AccountState = { ...scope, status: 'Ok', clusters: names.length, checkedAt };
  await ports.table.transact([put(Accounts, state, 'any')]);
  return { state, found: all.length };
}
