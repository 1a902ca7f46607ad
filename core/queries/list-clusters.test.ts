import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { NOON } from '../../test/material/protocol/one-upgrade.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { ClusterNames, Clusters } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { listClusters } from './list-clusters.ts';
import { PAGE_BYTES } from './page.ts';

/** As many clusters as names, with labels or tags that make their records long. */
async function tableOf(names: readonly string[], long: Partial<ClusterRecord>): Promise<MemoryTable> {
  const table = new MemoryTable();
  for (const cluster of names.map((name) => clusterRecord({ name, ...long }))) {
    const { account, region, name, clusterKey } = cluster;
    await table.transact([
      put(Clusters, cluster, 'absent'),
      put(ClusterNames, { account, region, name, clusterKey }, 'absent'),
    ]);
  }
  return table;
}

test('a list of summaries holds as many as were asked for, however long their records are', async () => {
  const table = await tableOf([...'abcdefghijklmnopqrst'], { tags: { note: 'x'.repeat(300_000) } });
  const { items, next } = await listClusters({ table, clock: { now: () => NOON } }, { limit: 20 });
  expect([items.length, next]).toEqual([20, undefined]);
});

test('pages of the inventory end where what they tell of clusters is as long as a page may be', async () => {
  const names = [...'abcdefghijklm'];
  // Labels are kept once, and told of the cluster and in its inventory.
  const table = await tableOf(names, { labels: { note: 'x'.repeat(300_000) } });
  const ports = { table, clock: { now: () => NOON } };
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await listClusters(ports, { inventory: true, after });
    expect(JSON.stringify(page.items).length).toBeLessThan(PAGE_BYTES * 1.01);
    seen.push(...page.items.map(({ name }) => name));
    after = page.next;
  } while (after !== undefined);
  expect(seen).toEqual(names);
});
