import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { AccountState, ClusterRecord } from '../contracts/items/cluster.ts';
import { Accounts, ClusterNames, Clusters, loadNamesakes, loadRecordsOfName } from './entities.ts';
import { put } from './entity.ts';

const OURS = { account: '111111111111', region: 'eu-central-1' };
const named = (name: string, at: { account: string; region: string }, more: Partial<ClusterRecord> = {}) =>
  clusterRecord({ ...at, name, clusterKey: `${at.account}.${at.region}.${name}`, ...more });

/** A table with these clusters, and what discovery has listed of each account and Region; undefined where it could list none. */
async function tableOf(
  clusters: readonly ClusterRecord[],
  looks: readonly (Pick<AccountState, 'account' | 'region'> & { names?: string[] })[] = [],
) {
  const table = new MemoryTable();
  for (const record of clusters) {
    const { account, region, name, clusterKey } = record;
    await table.transact([
      put(Clusters, record, 'absent'),
      put(ClusterNames, { account, region, name, clusterKey }, 'absent'),
    ]);
  }
  for (const look of looks) {
    const state = { status: 'Ok', clusters: 1, checkedAt: '2026-11-20T08:00:00.000Z', ...look } as const;
    await table.transact([put(Accounts, state, 'absent')]);
  }
  return table;
}
const keysOf = (records: readonly ClusterRecord[]) => records.map(({ clusterKey }) => clusterKey).sort();

test('all clusters that have had a name in one account and Region are found, and no others', async () => {
  const [first, second] = [named('web', OURS), named('web', OURS, { clusterKey: 'later' })];
  const others = [named('api', OURS), named('web', { ...OURS, region: 'us-east-1' })];
  const table = await tableOf([first, second, ...others]);
  expect(keysOf(await loadRecordsOfName(table, { ...OURS, name: 'web' }))).toEqual(keysOf([first, second]));
  expect(await loadRecordsOfName(table, { ...OURS, name: 'none' })).toEqual([]);
  // Its name was noted, and its record not yet.
  await table.transact([put(ClusterNames, { ...OURS, name: 'new', clusterKey: 'new' }, 'absent')]);
  expect(await loadRecordsOfName(table, { ...OURS, name: 'new' })).toEqual([]);
});

test('namesakes live in another account or Region, where discovery has listed the name or could list none', async () => {
  const at = (account: string, region = OURS.region) => ({ account, region });
  const web = named('web', OURS);
  const [sameAccount, sameRegion] = [named('web', at(OURS.account, 'us-east-1')), named('web', at('222222222222'))];
  const [unlisted, denied] = [named('web', at('333333333333')), named('web', at('444444444444'))];
  const gone = named('web', at('555555555555'), { deletedAt: '2026-11-19T08:00:00.000Z' });
  const table = await tableOf(
    [web, sameAccount, sameRegion, unlisted, denied, gone],
    [
      { ...OURS, names: ['web'] },
      { ...at(OURS.account, 'us-east-1'), names: ['web'] },
      { ...at('222222222222'), names: ['api', 'web'] },
      { ...at('333333333333'), names: ['api'] },
      at('444444444444'),
      { ...at('555555555555'), names: ['web'] },
    ],
  );
  expect(keysOf(await loadNamesakes(table, web))).toEqual(keysOf([sameAccount, sameRegion, denied]));
});
