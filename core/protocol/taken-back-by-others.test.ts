import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { KEY, keep, NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { ClusterControl } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { quoted } from '../contracts/step-result.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import { ClusterControls, Upgrades } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { leftByOthers, wasTakenBack } from './taken-back-by-others.ts';

const SEEN = '2026-11-20T11:00:00.000Z';
const before = clusterRecord({ clusterKey: KEY, version: '1.37', lastSeenAt: SEEN });
const hop = (given: Partial<Upgrade> = {}) =>
  upgrade({
    ...{ status: 'Succeeded', mutated: true, rolloutId: undefined, waveIndex: undefined, resumeAt: undefined },
    ...given,
  });
const back = (given: Partial<Upgrade>) =>
  hop({ id: 'rollback-1.37-1.36', machine: 'rollback-cluster', from: '1.37', to: '1.36', ...given });

async function found(
  upgrades: readonly Upgrade[],
  version = '1.36',
  held?: ClusterControl['held'],
  seen = before,
  describedAt = NOON,
) {
  const table = new MemoryTable();
  await keep(table, { upgrades: [...upgrades] });
  if (held !== undefined) await table.transact([put(ClusterControls, { clusterKey: KEY, held }, 'any')]);
  const left = await leftByOthers(table, seen, { ...seen, version }, NOON, describedAt);
  if (left !== undefined && left.writes.length > 0) await table.transact([...left.writes]);
  return {
    isLeft: left !== undefined,
    hop: (await load(table, Upgrades, KEY, '1.36-1.37'))?.data.status,
    hold: (await load(table, ClusterControls, KEY))?.data.held?.reason.code,
    told: left?.events(['a', 'b', 'c']).map(({ type, detail }) => `${type} ${'change' in detail ? detail.change : ''}`),
    recorded: left?.record.map(({ event }) => event),
  };
}

test.each<Upgrade['status']>(['Parked', 'Succeeded', 'Failed'])(
  'a hop that is %s ends RolledBack, its cluster is held, and both are told',
  async (status) => {
    expect(await found([hop({ status })])).toEqual({
      ...{ isLeft: true, hop: 'RolledBack', hold: 'RolledBack' },
      told: ['UpgradeChanged a', 'ClusterHeld b'],
      recorded: ['UpgradeRolledBack', 'ClusterHeld'],
    });
  },
);

test('what Liftlock has never moved is held alone', async () => {
  expect(await found([])).toMatchObject({ isLeft: true, hold: 'RolledBack', told: ['ClusterHeld a'] });
});

test.each<[Upgrade['status'], Upgrade['status']]>([
  ['Parked', 'Blocked'],
  ['Succeeded', 'Blocked'],
  ['Blocked', 'Blocked'],
  ['Canceled', 'Canceled'],
])('a hop that is %s and has changed nothing is %s, and no failure', async (status, becomes) => {
  expect(await found([hop({ status, mutated: false })])).toMatchObject({ hop: becomes, hold: 'RolledBack' });
});

test('who holds the cluster goes on doing so', async () => {
  const held = { reason: quoted('UpdateFailed', 'no'), since: SEEN, upgradeId: '1.36-1.37' };
  expect(await found([hop({ status: 'Failed' })], '1.36', held)).toMatchObject({
    ...{ hop: 'RolledBack', hold: 'UpdateFailed', told: ['UpgradeChanged a'] },
  });
});

test('what was taken back and brought up again since, and is down once more, is taken back anew', async () => {
  const seen = { ...before, versionObservedAt: '2026-11-20T10:30:00.000Z' };
  const taken = (endedAt: string) => found([hop({ status: 'RolledBack', endedAt })], '1.36', undefined, seen);
  expect(await taken('2026-11-20T10:00:00.000Z')).toMatchObject({ isLeft: true, hold: 'RolledBack' });
  expect(await taken('2026-11-20T10:45:00.000Z')).toMatchObject({ isLeft: false, hold: undefined });
});

test('a rollback of before it was brought up again has not taken it down, whatever was forgotten since', async () => {
  const seen = { ...before, lastSeenAt: NEVER, versionObservedAt: '2026-11-20T10:30:00.000Z' };
  const ended = (endedAt: string) =>
    found([hop(), back({ status: 'Succeeded', endedAt, steps: gone })], '1.36', undefined, seen);
  expect(await ended('2026-11-20T10:00:00.000Z')).toMatchObject({ isLeft: true, hop: 'RolledBack' });
  expect(await ended('2026-11-20T10:45:00.000Z')).toMatchObject({ isLeft: false, hop: 'Succeeded' });
});

const gone = { 'rollback-control-plane': { status: 'done' as const, reasons: [], startedAt: SEEN } };
test.each<[string, readonly Upgrade[], string]>([
  ['is where it was', [hop()], '1.37'],
  ['has gone further', [hop()], '1.38'],
  ['went back by a rollback of ours that runs', [hop(), back({ status: 'Running', steps: gone })], '1.36'],
  ['went back by one since it was seen', [back({ endedAt: '2026-11-20T11:30:00.000Z', steps: gone })], '1.36'],
  ['went back by one that was given up, and the hop with it', [hop({ status: 'RolledBack' })], '1.36'],
  ['is in the hands of an execution, which finds it by itself', [hop({ status: 'Running' })], '1.36'],
])('nothing comes of it where the control plane %s', async (_, upgrades, version) => {
  expect(await found(upgrades, version)).toMatchObject({ isLeft: false, hold: undefined });
});

test.each<Upgrade['status']>(['Blocked', 'Canceled', 'Failed', 'Parked'])(
  'a rollback that is %s and has taken no control plane down has not done it',
  async (status) => {
    const none = back({ status, mutated: status === 'Failed', endedAt: '2026-11-20T11:30:00.000Z' });
    expect(await found([hop(), none])).toMatchObject({ isLeft: true, hop: 'RolledBack', hold: 'RolledBack' });
  },
);

const ENDED = '2026-11-20T11:30:00.000Z';
test.each<[string, boolean, Partial<Upgrade>, Date]>([
  ['it is where it was before a hop that has ended since', true, { controlPlaneCompletedAt: ENDED }, NOON],
  ['its hop ends after it was described', false, { controlPlaneCompletedAt: ENDED }, new Date(ENDED)],
  ['it was seen there since its hop ended, and said so then', false, { controlPlaneCompletedAt: SEEN }, NOON],
  ['its hop has moved nothing yet', false, {}, NOON],
])(
  'of a cluster whose record never had the newer minor it is known that somebody took it back: %s (%s)',
  async (...given) => {
    const [, isLeft, of, describedAt] = given;
    const seen = { ...before, version: '1.36' };
    expect(await found([hop(of)], '1.36', undefined, seen, describedAt)).toMatchObject({
      isLeft,
      hop: isLeft ? 'RolledBack' : 'Succeeded',
    });
  },
);

test('an older rollback is no reason for a new one', async () => {
  const older = back({ status: 'Failed', endedAt: '2026-11-20T10:30:00.000Z' });
  expect(await found([hop(), older])).toMatchObject({ isLeft: true, hop: 'RolledBack' });
});

const moved = { 'upgrade-control-plane': { status: 'done' as const, reasons: [], startedAt: SEEN } };
test.each<[string, boolean, Partial<Upgrade>, string]>([
  ['one that was at its version, and is where it began', true, { steps: moved }, '1.36'],
  ['one whose control plane goes up', false, {}, '1.36'],
  ['one that is where it leads', false, { steps: moved }, '1.37'],
  ['what finishes a version', false, { steps: moved, from: '1.36', to: '1.36' }, '1.36'],
  ['a rollback', false, { steps: moved, machine: 'rollback-cluster' }, '1.36'],
])('of %s it is said so: %s', (_, expected, given, version) => {
  expect(wasTakenBack(hop(given), version)).toBe(expected);
});
