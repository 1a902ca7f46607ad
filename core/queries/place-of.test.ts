import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clock, cluster, KEY, keep, NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { offers } from '../../test/material/rollout/one-tick.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { Members, Regions, Rollouts, Waves } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { explainCluster } from './explain-cluster.ts';

const at = NOON.toISOString();
const held = { reason: reason('UpdateFailed', 'no'), since: at, upgradeId: '1.36-1.37', mutated: true };

/** What is told of the rollout of a cluster that failed in `r`, and that its hold alone keeps out of a newer rollout. */
async function told(older: Partial<Rollout>, newer: Partial<Wave> = {}) {
  const table = new MemoryTable();
  await keep(table, {
    cluster: { ...cluster, lastSeenAt: at },
    clusterControl: { clusterKey: KEY, held },
    rollout: rolloutItem({ waves: ['all'], createdAt: '2026-11-01T00:00:00.000Z', ...older }),
    waves: [waveItem({ index: 0, name: 'all', status: 'Completed', failed: 1 })],
    member: memberItem({ clusterKey: KEY, waveIndex: 0, status: 'Failed' }),
    upgrades: [upgrade({ status: 'Failed', mutated: true, endedAt: at, rolloutId: 'r', waveIndex: 0 })],
  });
  const out = { clusterKey: KEY, rolloutId: 'newer', waveIndex: 1, status: 'Excluded' as const };
  await table.transact([
    put(Rollouts, rolloutItem({ id: 'newer', waves: ['first', 'second'], createdAt: at }), 'absent'),
    put(Waves, waveItem({ rolloutId: 'newer', index: 0, name: 'first', status: 'Open' }), 'absent'),
    put(Waves, waveItem({ rolloutId: 'newer', index: 1, name: 'second', status: 'Pending', ...newer }), 'absent'),
    put(Members, memberItem({ ...out, reasons: [reason('Held', 'x')] }), 'absent'),
  ]);
  const { rollout, when } = await explainCluster({ table, clock }, cluster);
  return [rollout?.id, rollout?.wave, rollout?.memberStatus, when.condition];
}

test.each(['Aborted', 'Completed'] as const)(
  'the rollout that takes a held cluster up once it is released is its rollout, where the one in which it failed is %s',
  async (status) => {
    expect(await told({ status })).toEqual([
      'newer',
      'second',
      'Excluded',
      expect.stringContaining('The rollout newer, whose wave second has not begun, takes it up then by itself'),
    ]);
  },
);

test('where that one has begun without it, the rollout in which it failed stays its rollout', async () => {
  expect((await told({ status: 'Completed' }, { status: 'Open' })).slice(0, 3)).toEqual(['r', 'all', 'Failed']);
});

test('while a cluster is taken back its rollout is the one that had brought it there, whatever became of it in an aborted one before', async () => {
  const table = new MemoryTable();
  const taken = upgrade({ status: 'Succeeded', mutated: true, endedAt: at, rolloutId: 'newer', waveIndex: 0 });
  const id = 'rollback-1.37-1.36';
  const back = { machine: 'rollback-cluster', from: '1.37', to: '1.36', status: 'Running', mutated: true } as const;
  await keep(table, {
    cluster: { ...cluster, version: '1.37', lastSeenAt: at },
    clusterControl: { clusterKey: KEY, held: { reason: reason('RollingBack', 'x'), since: at, upgradeId: id } },
    rollout: rolloutItem({ status: 'Aborted', createdAt: '2026-11-01T00:00:00.000Z' }),
    waves: [waveItem({ index: 0, name: 'all', status: 'Skipped' })],
    member: memberItem({ clusterKey: KEY, waveIndex: 0, status: 'Excluded' }),
    upgrades: [taken, upgrade({ ...back, id })],
  });
  await table.transact([
    put(Rollouts, rolloutItem({ id: 'newer', waves: ['all'], status: 'Completed', createdAt: at }), 'absent'),
    put(
      Waves,
      waveItem({ rolloutId: 'newer', index: 0, name: 'all', status: 'Completed', goingBack: [KEY] }),
      'absent',
    ),
    put(Members, memberItem({ clusterKey: KEY, rolloutId: 'newer', status: 'Succeeded', from: '1.37' }), 'absent'),
  ]);
  const { rollout, state } = await explainCluster({ table, clock }, cluster);
  expect([state, rollout?.id, rollout?.memberStatus]).toEqual(['RollingBack', 'newer', 'GoesBack']);
});

test.each([
  ['Succeeded', 'Somebody removes the cause and runs: liftlock retry cluster web'],
  ['Blocked', 'Somebody runs: liftlock rollout create p'],
] as const)(
  'a cluster that was blocked on the way to the target, and is %s in a newer rollout that has ended, waits for what takes it there',
  async (newer, condition) => {
    const table = new MemoryTable();
    await keep(table, {
      cluster: { ...cluster, lastSeenAt: at },
      rollout: rolloutItem({ status: 'CompletedWithFailures', waves: ['all'], createdAt: '2026-11-01T00:00:00.000Z' }),
      waves: [waveItem({ index: 0, name: 'all', status: 'Completed' })],
      member: memberItem({ clusterKey: KEY, status: 'Blocked', reasons: [reason('WorkloadMissing', 'x')] }),
    });
    const further = { clusterKey: KEY, rolloutId: 'newer', to: '1.38', status: newer };
    await table.transact([
      put(Regions, offers, 'absent'),
      put(Rollouts, rolloutItem({ id: 'newer', waves: ['all'], status: 'Completed', createdAt: at }), 'absent'),
      put(Waves, waveItem({ rolloutId: 'newer', index: 0, name: 'all', status: 'Completed' }), 'absent'),
      put(Members, memberItem(further), 'absent'),
    ]);
    const { rollout, when } = await explainCluster({ table, clock }, cluster);
    expect([rollout?.id, when.condition]).toEqual(['r', expect.stringContaining(condition)]);
  },
);
