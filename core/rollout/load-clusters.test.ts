import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { clustersInTurn, clustersUnderSuspicion, isOnlyWatched } from './load-snapshot.ts';

const rollout = { id: 'r', policy: 'p', status: 'Running', waves: ['dev', 'prod'] } as unknown as Rollout;
const counts = { needWork: 3, maxFailures: 1, succeeded: 0, failed: 0, blocked: 0, excluded: 0, quarantined: 0 };
const wave = (index: number, changes: Partial<Wave> = {}): Wave => ({
  ...{ rolloutId: 'r', index, name: `w${index}`, status: 'Open', members: 3, maxConcurrency: 1, inFlight: 1 },
  ...counts,
  reasons: [],
  ...changes,
});
const member = (clusterKey: string, status: Member['status'], waveIndex = 0): Member => ({
  ...{ rolloutId: 'r', waveIndex, clusterKey, name: clusterKey, from: '1.36', to: '1.37', status },
  ...{ inFlight: status === 'Running', reasons: [], position: 1 },
});
const NOW = new Date('2026-11-20T12:00:00Z');
const parked: Member = { ...member('a', 'Parked'), inFlight: true, resumeAt: '2026-11-20T12:00:01.000Z' };
const later = wave(1, { status: 'Pending', inFlight: 0 });
const busy = {
  rollouts: [rollout],
  waves: [later, wave(0)],
  members: [member('a', 'Running'), member('b', 'Pending'), member('p', 'Pending', 1)],
  upgrades: [],
};

test('a full open wave in which something runs is only watched, and so are upgrades without a rollout', () => {
  expect(isOnlyWatched(busy, NOW)).toBe(true);
  expect(isOnlyWatched({ ...busy, members: [parked, member('b', 'Pending')] }, NOW)).toBe(true);
  expect(isOnlyWatched({ rollouts: [], waves: [], members: [], upgrades: [] }, NOW)).toBe(true);
});

test.each<[string, Partial<typeof busy>]>([
  ['nothing runs', { members: [member('b', 'Pending')] }],
  ['what runs is of another rollout', { members: [{ ...member('a', 'Running'), rolloutId: 'other' }] }],
  ['a place is free', { waves: [later, wave(0, { inFlight: 0 })] }],
  ['what is in flight is parked and may go on now', { members: [{ ...parked, resumeAt: NOW.toISOString() }] }],
  ['what is parked for later has no place', { members: [{ ...parked, inFlight: false }] }],
  ['the wave has settled', { waves: [later, wave(0, { blocked: 3 })] }],
  ['more have failed than may', { waves: [later, wave(0, { failed: 2 })] }],
  ['the wave soaks', { waves: [later, wave(0, { status: 'Soaking' })] }],
  ['a wave is to be opened first', { waves: [wave(0, { status: 'Pending' }), wave(1)] }],
  ['a later wave soaks', { waves: [wave(0), wave(1, { status: 'Soaking' })] }],
  [
    'a straggler of a wave that has ended waits',
    { waves: [later], members: [member('a', 'Running', 1), member('b', 'Parked')] },
  ],
])('it is looked at when %s', (_, changes) => {
  expect(isOnlyWatched({ ...busy, ...changes }, NOW)).toBe(false);
});

test('clusters of upgrades that a person asked for are read, whatever waves do', () => {
  const upgrade = { clusterKey: 'x', status: 'Parked' } as Parameters<typeof clustersInTurn>[0]['upgrades'][number];
  expect(clustersInTurn({ ...busy, upgrades: [upgrade] }, NOW)).toEqual(['x']);
  expect(clustersInTurn({ ...busy, upgrades: [{ ...upgrade, rolloutId: 'r' }] }, NOW)).toEqual([]);
});

test('who is set aside in the wave that opens next is looked at, since the wave counts who comes back', () => {
  const members = [member('q', 'Quarantined', 1), member('p', 'Pending', 1)];
  const passed = wave(0, { status: 'Completed', inFlight: 0 });
  expect(clustersInTurn({ ...busy, members, waves: [later, passed] }, NOW)).toEqual(['q']);
  expect(clustersInTurn({ ...busy, members }, NOW)).toEqual([]);
});

test('where failures have something in common, the clusters of all who wait there are under suspicion', () => {
  expect(clustersUnderSuspicion(busy)).toEqual([]);
  const traits = { failed: { 'ami/X': 1 }, succeeded: {} };
  const waves = [later, wave(0, { failed: 1, traits })];
  const members = [...busy.members, { ...member('o', 'Pending'), rolloutId: 'other' }];
  expect(clustersUnderSuspicion({ ...busy, waves, members })).toEqual(['b', 'p']);
});
