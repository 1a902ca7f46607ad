import { KIND_SHARDS } from '../contracts/table-schema.ts';
import type { StoredItem, Table } from '../ports/table.ts';
import { Accounts, Members, Rollouts, rolloutPartition, Waves } from '../store/entities.ts';
import { dataOf, loadAll, loadKind, ofKind } from '../store/entity.ts';
import { isMember } from '../store/members.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { isServed, servedKey } from './automatic-rollouts.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** With more rollouts than this, reading all members and all waves by kind takes fewer requests than a query for each rollout. */
const MOST_BY_PARTITION = 2 * KIND_SHARDS;

/**
 * What only the full look reads, as far as it must. `reader` takes the latest scans of `clusterKeys` together with what else is read in this turn; undefined =
 * there are so many clusters that all scans are read by kind.
 */
export async function loadHistory(
  table: Table,
  reader: Pick<Table, 'getAll'>,
  clusterKeys: readonly string[] | undefined,
): Promise<NonNullable<FleetSnapshot['history']>> {
  const [{ rollouts, members, waves }, accounts, scans] = await Promise.all([
    everyRollout(table),
    table.queryPartition('ACCOUNTS'),
    latestScans(table, reader, clusterKeys),
  ]);
  const policyOf = new Map(rollouts.map((rollout) => [rollout.id, rollout.policy]));
  const served = new Set<string>();
  const underWay = new Set(rollouts.filter((rollout) => Rollouts.active(rollout)).map((rollout) => rollout.id));
  for (const member of members) {
    if (isServed(member)) served.add(servedKey(policyOf.get(member.rolloutId) ?? '', member.to, member.clusterKey));
  }
  const findings = new Map<string, readonly string[]>();
  for (const { clusterKey, scans: latest } of scans) {
    const [newest] = latest;
    const blocking = (newest?.causes ?? []).filter(({ severity }) => severity === 'error');
    if (blocking.length > 0)
      findings.set(
        clusterKey,
        blocking.map(({ cause }) => `${clusterKey} ${newest?.target} ${cause}`),
      );
  }
  return {
    rollouts,
    waves,
    members: members.filter((member) => underWay.has(member.rolloutId)),
    findings,
    served,
    accounts: accounts.map((item) => dataOf(Accounts, item)),
  };
}

/** Every rollout alone: enough where nothing is under way and nothing is to be planned. */
export async function loadRollouts(table: Table): Promise<NonNullable<FleetSnapshot['history']>> {
  return {
    rollouts: await loadKind(table, Rollouts),
    waves: [],
    members: [],
    findings: new Map(),
    served: new Set(),
    accounts: undefined,
  };
}

/** Every rollout with its members and waves, which lie in its partition. */
async function everyRollout(table: Table) {
  const rollouts = await loadKind(table, Rollouts);
  const items: StoredItem[][] =
    rollouts.length > MOST_BY_PARTITION
      ? await Promise.all([table.queryKind(Members.kind), table.queryKind(Waves.kind)])
      : await Promise.all(rollouts.map(({ id }) => table.queryPartition(rolloutPartition(id))));
  const all = items.flat();
  return {
    rollouts,
    members: ofKind(all, Members).filter(isMember),
    waves: ofKind(all, Waves),
  };
}

async function latestScans(table: Table, reader: Pick<Table, 'getAll'>, clusterKeys: readonly string[] | undefined) {
  if (clusterKeys === undefined) return loadKind(table, LatestScanItems);
  return loadAll(reader, LatestScanItems, clusterKeys.map(LatestScanItems.key));
}
