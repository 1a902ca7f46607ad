import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { NOON } from '../../test/material/protocol/one-upgrade.ts';
import { ClusterNames, Clusters } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { listClusters } from './list-clusters.ts';
import { PAGE_BYTES } from './page.ts';

test('pages of the inventory end where what they tell of clusters is as long as a page may be', async () => {
  const table = new MemoryTable();
  const names = [...'abcdefghijklm'];
  // Labels are kept once, and told of the cluster and in its inventory.
  const labels = { note: 'x'.repeat(300_000) };
  for (const cluster of names.map((name) => clusterRecord({ name, labels }))) {
    const { account, region, name, clusterKey } = cluster;
    await table.transact([
      put(Clusters, cluster, 'absent'),
      put(ClusterNames, { account, region, name, clusterKey }, 'absent'),
    ]);
  }
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
