import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { KEY, keep, NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { quoted, reason } from '../contracts/step-result.ts';
import { ClusterControls, Rollouts, Waves } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { askedBack, foundTakenBack, isRollbackBudgetSpent, takeHopBack } from './rollback.ts';

const hop = upgrade({ status: 'Succeeded', mutated: true });
const at = { clusterKey: KEY, from: '1.37', to: '1.36' };

async function world(rollout: Partial<Rollout>, all: Partial<Wave> = {}, upgrades = [hop]) {
  const table = new MemoryTable();
  await keep(table, {
    rollout: rolloutItem({ waves: ['before', 'all'], ...rollout }),
    waves: [
      waveItem({ index: 0, name: 'before', status: 'Completed', succeeded: 1, blocked: 2 }),
      waveItem({ index: 1, name: 'all', status: 'Completed', members: 3, succeeded: 2, maxFailures: 1, ...all }),
    ],
    member: memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Succeeded', from: '1.37' }),
    upgrades,
  });
  const rolloutNow = async () => (await load(table, Rollouts, 'r'))?.data;
  return { table, rolloutNow };
}

test.each(['Completed', 'CompletedWithFailures'] as const)(
  'a rollout that has ended %s tells how it has ended now, by all of its waves',
  async (status) => {
    const { table, rolloutNow } = await world({ status, endedAt: '2026-11-19T12:00:00.000Z' });
    const { writes } = await takeHopBack(table, { ...at, reasons: [] }, NOON);
    await table.transact([...writes]);
    expect(await rolloutNow()).toMatchObject({
      status: 'CompletedWithFailures',
      endedAt: '2026-11-19T12:00:00.000Z',
      reasons: [{ code: 'AllWavesEnded', message: '1 cluster failed, 2 are blocked.' }],
    });
  },
);

test.each(['Running', 'Paused', 'Halted', 'Aborted'] as const)(
  'a rollout that is %s stays as it is',
  async (status) => {
    const reasons = [reason('Paused', 'as it was')];
    const { table, rolloutNow } = await world({ status, reasons });
    const { writes } = await takeHopBack(table, { ...at, reasons: [] }, NOON);
    await table.transact([...writes]);
    expect(await rolloutNow()).toMatchObject({ status, reasons });
  },
);

test('asking a cluster back holds it and marks the wave of its hop', async () => {
  const { table } = await world({});
  await table.transact(await askedBack(table, { ...at, upgradeId: 'rollback-1.37-1.36' }, NOON));
  expect((await load(table, ClusterControls, KEY))?.data.held).toMatchObject({
    since: NOON.toISOString(),
    upgradeId: 'rollback-1.37-1.36',
    reason: { code: 'RollingBack' },
  });
  expect((await load(table, Waves, 'r', 1))?.data.goingBack).toEqual([KEY]);
  expect((await load(table, Waves, 'r', 0))?.data).not.toHaveProperty('goingBack');
});

test('asking one back whose hop belongs to no rollout only holds it', async () => {
  const { table } = await world({}, {}, [{ ...hop, rolloutId: undefined, waveIndex: undefined }]);
  await table.transact(await askedBack(table, { ...at, upgradeId: 'rollback-1.37-1.36' }, NOON));
  expect((await load(table, ClusterControls, KEY))?.data.held?.reason.code).toBe('RollingBack');
  expect((await load(table, Waves, 'r', 1))?.data).not.toHaveProperty('goingBack');
});

test.each([
  ['had changed its cluster', { mutated: true, status: 'Blocked' as const }, ['1.36-1.37']],
  ['is under way', { mutated: false, status: 'Parked' as const }, ['1.36-1.37']],
  ['was blocked before it changed anything', { mutated: false, status: 'Blocked' as const }, []],
  ['was canceled before it changed anything', { mutated: false, status: 'Canceled' as const }, []],
])('a control plane that others took back ends a hop of Liftlock that %s', async (_, given, ended) => {
  const own = upgrade(given);
  const { table } = await world({}, {}, [own]);
  const { hold, hops, writes } = await foundTakenBack(table, at, own, NOON);
  expect([hops.map(({ id }) => id), writes.length > 0]).toEqual([ended, ended.length > 0]);
  expect(hold).toMatchObject({ since: NOON.toISOString(), upgradeId: '1.36-1.37', reason: { code: 'RolledBack' } });
  expect(hold.reason.message).toContain(', and not by Liftlock.');
});

test('a hop that Liftlock had not changed is Blocked, and no failure, when others take it back', async () => {
  const own = upgrade({ mutated: false, status: 'Parked', reasons: [quoted('X', 'x')] });
  const { table } = await world({ status: 'Running' }, { status: 'Open' }, [own]);
  const { hold, hops, writes } = await foundTakenBack(table, at, own, NOON);
  await table.transact([...writes]);
  expect(hops.map(({ status }) => status)).toEqual(['Blocked']);
  expect(hold).not.toHaveProperty('mutated');
  expect((await load(table, Waves, 'r', 1))?.data).toMatchObject({ failed: 0, blocked: 1 });
});

test('as many clusters of a rollout as go back by themselves are counted over all of its waves', () => {
  const going = (...counts: readonly string[][]) =>
    isRollbackBudgetSpent(counts.map((automaticRollbacks) => waveItem({ automaticRollbacks })));
  expect([going(['a']), going(['a', 'b']), going(['a'], ['b']), isRollbackBudgetSpent([waveItem()])]).toEqual([
    ...[false, true, true, false],
  ]);
});
