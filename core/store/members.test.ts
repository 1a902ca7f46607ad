import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { Members, Waves } from './entities.ts';
import { loadKind, put } from './entity.ts';
import { isMember, loadWaves } from './members.ts';

test('who has left is no member', async () => {
  const table = new MemoryTable();
  const members = [
    memberItem({ clusterKey: 'a' }),
    memberItem({ clusterKey: 'b', status: 'Left' }),
    memberItem({ clusterKey: 'c', rolloutId: 's', status: 'Failed' }),
  ];
  await table.transact(members.map((one) => put(Members, one, 'absent')));
  expect((await loadKind(table, Members)).filter(isMember).map(({ clusterKey }) => clusterKey)).toEqual(['a', 'c']);
});

test('the waves of a rollout come in their order, without its members and without those of others', async () => {
  const table = new MemoryTable();
  const waves = [waveItem({ index: 10 }), waveItem({ index: 2 }), waveItem({ rolloutId: 's' })];
  await table.transact([put(Members, memberItem(), 'absent'), ...waves.map((one) => put(Waves, one, 'absent'))]);
  expect((await loadWaves(table, 'r')).map(({ data }) => data.index)).toEqual([2, 10]);
});
