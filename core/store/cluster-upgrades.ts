import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Table } from '../ports/table.ts';
import { clusterPartition, Upgrades } from './entities.ts';
import { decode } from './entity.ts';

/** Every upgrade that a cluster has had, the last one started first. */
export async function upgradesOf(table: Pick<Table, 'queryPartition'>, clusterKey: string): Promise<Upgrade[]> {
  const items = await table.queryPartition(clusterPartition(clusterKey), 'UPGRADE#');
  return items
    .map((item) => decode(Upgrades, item).data)
    .sort((a, b) => ((a.startedAt ?? '') < (b.startedAt ?? '') ? 1 : -1));
}
