import type { Table } from '../ports/table.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import { Accounts, isMember, Members, Organizations, Rollouts, rolloutPartition, Waves } from '../store/entities.ts';
import { dataOf, load, loadKind, ofKind } from '../store/entity.ts';
import { earlierRollouts } from './earlier-rollouts.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { isRemembered, servedBy } from './tried.ts';

/** Reads what only the full look needs. `reader` takes the latest scans of `clusterKeys` together with what else is read in this turn. */
export async function loadHistory(
  table: Table,
  reader: Pick<Table, 'get' | 'getAll'>,
  clusterKeys: readonly string[],
  now: Date | undefined,
): Promise<Required<Pick<FleetSnapshot, 'history' | 'scans'>>> {
  const [{ rollouts, members, waves }, accounts, listed, scans] = await Promise.all([
    everyRollout(table, now),
    table.queryPartition('ACCOUNTS'),
    load(reader, Organizations),
    latestScansOf(reader, clusterKeys),
  ]);
  const policyOf = new Map(rollouts.map((rollout) => [rollout.id, rollout.policy]));
  const byPolicy = Map.groupBy(members, ({ rolloutId }) => policyOf.get(rolloutId) ?? '');
  const served = new Set([...byPolicy].flatMap(([policy, own]) => [...servedBy(policy, own)]));
  const underWay = new Set(rollouts.filter((rollout) => Rollouts.active(rollout)).map((rollout) => rollout.id));
  return {
    scans,
    history: {
      rollouts,
      waves,
      earlier: earlierRollouts({ rollouts, waves, members }),
      members: members.filter((member) => underWay.has(member.rolloutId)),
      served,
      accounts: accounts.map((item) => dataOf(Accounts, item)),
      organizationId: listed?.data.organizationId,
      unlisted: listed?.data.unlisted,
    },
  };
}

/** Reads every rollout alone, which is enough where nothing is under way and nothing is to be planned. */
export async function loadRollouts(table: Table): Promise<NonNullable<FleetSnapshot['history']>> {
  return {
    rollouts: await loadKind(table, Rollouts),
    waves: [],
    members: [],
    served: new Set(),
    accounts: undefined,
  };
}

/** Every rollout, and the members and waves, which lie in its partition, of those that are remembered. */
async function everyRollout(table: Table, now: Date | undefined) {
  const rollouts = await loadKind(table, Rollouts);
  const remembered = rollouts.filter((rollout) => now === undefined || isRemembered(rollout, now));
  const all = (await Promise.all(remembered.map(({ id }) => table.queryPartition(rolloutPartition(id))))).flat();
  return {
    rollouts,
    members: ofKind(all, Members).filter(isMember),
    waves: ofKind(all, Waves),
  };
}
