import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { isMember, isTried, loadMemberIn, loadMembers, loadWaves, Members, Waves } from './entities.ts';
import { put } from './entity.ts';

const member = (waveIndex: number, clusterKey: string, status: Member['status'] = 'Pending') =>
  memberItem({ waveIndex, clusterKey, status });

async function stored() {
  const table = new MemoryTable();
  const members = [
    member(0, 'a'),
    member(1, 'b', 'Failed'),
    member(0, 'moved', 'Left'),
    member(1, 'moved', 'Running'),
    member(1, 'gone', 'Left'),
  ];
  const waves = [1, 0].map((index) => waveItem({ index, name: `w${index}` }));
  await table.transact([
    ...members.map((one) => put(Members, one, 'absent')),
    ...waves.map((one) => put(Waves, one, 'absent')),
  ]);
  return table;
}

test('whose upgrade ended without success was tried, whoever has left is no member', () => {
  const statuses = ['Pending', 'Running', 'Parked', 'Succeeded', 'Failed', 'Blocked', 'Excluded', 'Left'] as const;
  const of = (is: (one: Member) => boolean) => statuses.filter((status) => is(member(0, 'a', status)));
  expect(of(isTried)).toEqual(['Failed', 'Blocked']);
  expect(of(isMember)).toEqual(statuses.filter((status) => status !== 'Left'));
});

test('the members that the plan in force has are read, and the waves in their order', async () => {
  const table = await stored();
  const { id } = rolloutItem();
  expect(
    (await loadMembers(table, id)).map(({ clusterKey, waveIndex }) => `${waveIndex} ${clusterKey}`).sort(),
  ).toEqual(['0 a', '1 b', '1 moved']);
  expect((await loadWaves(table, id)).map(({ data }) => data.name)).toEqual(['w0', 'w1']);
  expect([await loadMembers(table, 'other'), await loadWaves(table, 'other')]).toEqual([[], []]);
});

test('a cluster is found in whichever wave has it now', async () => {
  const table = await stored();
  const rollout = rolloutItem({ waves: ['w0', 'w1'] });
  const found = async (clusterKey: string) => (await loadMemberIn(table, rollout, clusterKey))?.waveIndex;
  expect(await Promise.all(['a', 'b', 'moved', 'gone', 'nobody'].map(found))).toEqual([0, 1, 1, undefined, undefined]);
});
