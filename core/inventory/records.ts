import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Table } from '../ports/table.ts';
import { Clusters } from '../store/entities.ts';
import { loadKind } from '../store/entity.ts';

/** Every cluster in the inventory, deleted ones included. */
export async function loadAllRecords(table: Table): Promise<ClusterRecord[]> {
  return await loadKind(table, Clusters);
}

/** Every cluster in the inventory that has not been deleted. */
export async function loadLivingRecords(table: Table): Promise<ClusterRecord[]> {
  return (await loadAllRecords(table)).filter((record) => record.deletedAt === undefined);
}
