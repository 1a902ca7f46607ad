import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { operatorPorts, recordOf } from '../../test/material/operations/operator-ports.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { Rollouts } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { releaseTraits } from './rollout-orders.ts';

async function released(
  traits: string | string[],
  failed: NonNullable<Wave['traits']>['failed'],
  rollout: Partial<Rollout> = {},
  succeeded: typeof failed = {},
) {
  const table = new MemoryTable();
  const waves = [waveItem({ failed: 1, traits: { failed, succeeded } })];
  const { told, ...ports } = await operatorPorts(table, { rollout: rolloutItem(rollout), waves, member: undefined });
  const result = await releaseTraits(ports, 'r', [traits].flat(), 'ann', 'it was the network');
  return { result, told, stored: (await load(table, Rollouts, 'r'))?.data, record: await recordOf(table, 'rollout/r') };
}

test('a trait that is cleared of suspicion is kept beside those that were, on record, and told', async () => {
  const { result, stored, record, told } = await released('ami/AL2', { 'ami/AL2': 1 }, { releasedTraits: ['before'] });
  expect(result).toEqual(rolloutItem({ releasedTraits: ['before', 'ami/AL2'] }));
  expect(stored).toMatchObject(result);
  expect(record).toEqual([
    { event: 'TraitReleased', principal: 'ann', detail: { traits: ['ami/AL2'], why: 'it was the network' } },
  ]);
  const reasons = [{ code: 'TraitReleased', message: 'ann cleared ami/AL2 of suspicion: it was the network' }];
  const detail = {
    version: 1,
    change: expect.any(String),
    rolloutId: 'r',
    status: 'Running',
    about: 'traits',
    reasons,
  };
  expect(told).toEqual([{ type: 'RolloutChanged', detail }]);
});

test('the first one that is cleared begins the list', async () => {
  expect((await released('ami/AL2', { 'ami/AL2': 1 })).stored?.releasedTraits).toEqual(['ami/AL2']);
});

test('once a rollout has ended, also one that only later ones suspect, since a cluster that had it was taken back', async () => {
  const of = (status: Rollout['status']) => released('a', { a: 1, b: 0 }, { status }, { a: 1 });
  expect((await of('CompletedWithFailures')).stored?.releasedTraits).toEqual(['a']);
  await expect(of('Running')).rejects.toThrow('a is not suspected');
  await expect(released('b', { a: 1, b: 0 }, { status: 'Completed' })).rejects.toThrow('b is not suspected');
});

test('of several none is cleared where one is not suspected, and each only once', async () => {
  const failed = { a: 1, b: 1 };
  await expect(released(['a', 'other'], failed)).rejects.toThrow('other is not suspected in the rollout r; a, b are.');
  expect((await released(['a', 'b', 'a'], failed)).stored?.releasedTraits).toEqual(['a', 'b']);
});

test.each<[NonNullable<Wave['traits']>['failed'], readonly string[], string]>([
  [{}, [], 'none is'],
  [{ a: 1 }, ['a'], 'a is'],
  [{ a: 1, b: 1 }, ['a', 'b'], 'a, b are'],
])('a trait that is not suspected is not cleared, and those that are, are named: %j', async (failed, traits, list) => {
  await expect(released('other', failed)).rejects.toMatchObject({
    name: 'WrongState',
    message: `other is not suspected in the rollout r; ${list}.`,
    details: { traits },
  });
});
