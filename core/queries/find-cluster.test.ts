import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { shortId } from '../model/cluster-key.ts';
import { ClusterNames, Clusters } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { findCluster } from './find-cluster.ts';

const living = clusterRecord({ name: 'web', version: '1.36' });
const gone = { ...living, clusterKey: `${living.arn}@2020-01-01T00:00:00.000Z`, deletedAt: '2026-11-20T10:00:00.000Z' };

test('a name stands for the cluster that lives, and of one that was deleted it is said how to look at it', async () => {
  const table = new MemoryTable();
  const names = [living.name, shortId(living), living.arn];
  for (const name of names)
    await expect(findCluster(table, name)).rejects.toThrow(`The inventory has no cluster ${name}. Run liftlock get`);
  const { account, region, name, clusterKey } = gone;
  await table.transact([
    put(Clusters, gone, 'absent'),
    put(ClusterNames, { account, region, name, clusterKey }, 'absent'),
  ]);
  for (const one of names)
    await expect(findCluster(table, one)).rejects.toThrow(
      `The cluster ${one} was deleted (seen ${gone.deletedAt}). What is known of it: liftlock describe cluster ${shortId(gone)}@2020-01-01T00:00:00.000Z`,
    );
  expect(await findCluster(table, clusterKey)).toEqual(gone);
  expect(await findCluster(table, `${shortId(gone)}@2020-01-01T00:00:00.000Z`)).toEqual(gone);
  await expect(findCluster(table, `${shortId(gone)}@2021-01-01T00:00:00.000Z`)).rejects.toThrow('has no cluster');
  await table.transact([
    put(Clusters, living, 'absent'),
    put(ClusterNames, { account, region, name, clusterKey: living.clusterKey }, 'absent'),
  ]);
  for (const one of names) expect((await findCluster(table, one)).clusterKey).toBe(living.clusterKey);
});

test('a name that is nearly right is answered with the one that lives and is like it', async () => {
  const table = new MemoryTable();
  await table.transact([put(Clusters, living, 'absent'), put(Clusters, { ...gone, name: 'webs' }, 'absent')]);
  await expect(findCluster(table, 'wbe')).rejects.toThrow('has no cluster wbe. Did you mean web? Run liftlock get');
  await expect(findCluster(table, 'payments')).rejects.toThrow('has no cluster payments. Run liftlock get');
});

test('a cluster is found by its name without reading every other one', async () => {
  const table = new MemoryTable();
  const { account, region, name, clusterKey } = living;
  await table.transact([
    put(Clusters, living, 'absent'),
    put(ClusterNames, { account, region, name, clusterKey }, 'absent'),
  ]);
  const kinds: string[] = [];
  const queryKind = table.queryKind.bind(table);
  table.queryKind = async (kind) => {
    kinds.push(kind);
    return queryKind(kind);
  };
  expect(await findCluster(table, name)).toEqual(living);
  expect(kinds).toEqual([ClusterNames.kind]);
});
