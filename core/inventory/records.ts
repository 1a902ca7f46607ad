import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Scope } from '../ports/eks.ts';
import type { Table } from '../ports/table.ts';
import { ClusterNames, Clusters, namePartition } from '../store/entities.ts';
import { batched, decode, load, loadKind } from '../store/entity.ts';

/** Every cluster in the inventory, deleted ones included. */
export async function loadAllRecords(table: Table): Promise<ClusterRecord[]> {
  return await loadKind(table, Clusters);
}

/** Every cluster in the inventory that has not been deleted. */
export async function loadLivingRecords(table: Table): Promise<ClusterRecord[]> {
  return (await loadAllRecords(table)).filter((record) => record.deletedAt === undefined);
}

/** Every cluster that has had this name there, the newest one last. */
export async function loadRecordsOfName(table: Table, at: Scope & { readonly name: string }): Promise<ClusterRecord[]> {
  const names = (await table.queryPartition(namePartition(at))).map((item) => decode(ClusterNames, item).data);
  const reader = batched(table);
  const records = await Promise.all(names.map(({ clusterKey }) => load(reader, Clusters, clusterKey)));
  return records.flatMap((record) => (record === undefined ? [] : [record.data]));
}
