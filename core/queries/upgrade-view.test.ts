import { MemoryTable } from '../../adapters/memory/table.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { clusterKey } from '../model/cluster-key.ts';
import { ClusterNames, Upgrades } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { listUpgrades } from './upgrade-view.ts';

const place = { account: '111111111111', region: 'eu-central-1' };
const hops = ['1.35-1.36', '1.36-1.36', '1.36-1.37'];

/** Clusters with three ended upgrades each; those of one name were there one after the other. */
async function tableWith(...names: readonly string[]): Promise<MemoryTable> {
  const table = new MemoryTable();
  for (const [at, name] of names.entries()) {
    const arn = `arn:aws:eks:${place.region}:${place.account}:cluster/${name}`;
    const key = clusterKey(arn, new Date(Date.UTC(2026, 0, 1 + at)));
    const ended = hops.map((id) => put(Upgrades, upgrade({ id, clusterKey: key, status: 'Succeeded' }), 'absent'));
    await table.transact([put(ClusterNames, { ...place, name, clusterKey: key }, 'absent'), ...ended]);
  }
  return table;
}

test.each([1, 2, 4, 5, 1000])(
  'the pages of all upgrades, by %i, are all of them once and in one order, also where clusters share a name',
  async (limit) => {
    const table = await tableWith('web', 'web-1', 'web', 'api', 'web_2', 'web');
    const told: string[] = [];
    let after: string | undefined;
    do {
      const page = await listUpgrades(table, { all: true, limit, after });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      told.push(...page.items.map(({ cluster, id, clusterKey: key }) => `${cluster}/${id}@${key}`));
      after = page.next;
    } while (after !== undefined);
    expect(new Set(told).size).toBe(18);
    expect(told).toEqual([...told].sort());
  },
);

test('a page of all upgrades reads the clusters that it is about, and not those of years', async () => {
  const table = await tableWith(...Array.from({ length: 200 }, (_, at) => `c${at}`));
  const first = await listUpgrades(table, { all: true, limit: 30 });
  expect([first.items.length, table.reads.partition]).toEqual([30, 20]);
  await listUpgrades(table, { all: true, limit: 30, after: first.next });
  expect(table.reads.partition).toBe(40);
});

test('a page ends after a thousand clusters, since it would read all of a fleet that has no upgrades', async () => {
  const table = await tableWith('z');
  const names = Array.from({ length: 1500 }, (_, at) => `c${at}`);
  for (const name of names) {
    const key = clusterKey(`arn:aws:eks:${place.region}:${place.account}:cluster/${name}`, new Date(0));
    await table.transact([put(ClusterNames, { ...place, name, clusterKey: key }, 'absent')]);
  }
  const first = await listUpgrades(table, { all: true });
  expect([first.items, table.reads.partition]).toEqual([[], 1000]);
  const second = await listUpgrades(table, { all: true, after: first.next });
  expect([second.items.map(({ id }) => id), second.next]).toEqual([hops, undefined]);
});

test('without those that have ended nothing is listed that has', async () => {
  const table = await tableWith('web');
  expect((await listUpgrades(table, {})).items).toEqual([]);
});
