import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Scope } from '../ports/eks.ts';
import type { Table } from '../ports/table.ts';
import { Accounts, ClusterNames, Clusters, namePartition } from './entities.ts';
import { batched, decode, load } from './entity.ts';

type Reading = Pick<Table, 'getAll' | 'queryPartition'>;

/** Every cluster that has had this name there, the newest one last. */
export async function loadRecordsOfName(
  table: Reading,
  at: Scope & { readonly name: string },
): Promise<ClusterRecord[]> {
  const names = (await table.queryPartition(namePartition(at))).map((item) => decode(ClusterNames, item).data);
  const reader = batched(table);
  const records = await Promise.all(names.map(({ clusterKey }) => load(reader, Clusters, clusterKey)));
  return records.flatMap((record) => (record === undefined ? [] : [record.data]));
}

/**
 * The living clusters of this name in other accounts and Regions, without a reading of the whole inventory: those that discovery has listed, and where
 * it could list none those that are recorded.
 */
export async function loadNamesakes(
  table: Reading,
  { account, region, name }: ClusterRecord,
): Promise<ClusterRecord[]> {
  const looks = (await table.queryPartition('ACCOUNTS')).map((item) => decode(Accounts, item).data);
  const others = looks.filter(
    (look) => (look.account !== account || look.region !== region) && look.names?.includes(name) !== false,
  );
  const records = await Promise.all(others.map((look) => loadRecordsOfName(table, { ...look, name })));
  return records.flat().filter(({ deletedAt }) => deletedAt === undefined);
}
