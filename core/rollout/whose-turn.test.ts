import type { Wave } from '../contracts/items/rollout.ts';
import { isItsTurn } from './load-snapshot.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const waiting = { status: 'Pending', inFlight: false } as const;
const running = { status: 'Running' } as const;
const wave = (changes: Partial<Wave> = {}): Wave => ({
  rolloutId: 'r',
  index: 0,
  name: 'all',
  status: 'Open',
  members: 3,
  needWork: 3,
  maxConcurrency: 2,
  maxFailures: 1,
  inFlight: 1,
  succeeded: 0,
  failed: 0,
  blocked: 0,
  excluded: 0,
  quarantined: 0,
  reasons: [],
  ...changes,
});

test('it is the turn of those who may begin now', () => {
  expect(isItsTurn(waiting, running, wave(), NOW)).toBe(true);
  expect(isItsTurn(waiting, running, wave({ status: 'Completed' }), NOW)).toBe(true);
});

test('it is not where the rollout, the wave or its places let nobody begin', () => {
  expect(isItsTurn(waiting, { status: 'Paused' }, wave(), NOW)).toBe(false);
  expect(isItsTurn(waiting, undefined, wave(), NOW)).toBe(false);
  expect(isItsTurn(waiting, running, wave({ status: 'Pending' }), NOW)).toBe(false);
  expect(isItsTurn(waiting, running, wave({ status: 'Halted' }), NOW)).toBe(false);
  expect(isItsTurn(waiting, running, wave({ inFlight: 2 }), NOW)).toBe(false);
  expect(isItsTurn({ status: 'Running', inFlight: true }, running, wave(), NOW)).toBe(false);
});

test('who holds a place already needs no other, and a wave that was not looked at might let it', () => {
  expect(isItsTurn({ status: 'Parked', inFlight: true }, running, wave({ inFlight: 2 }), NOW)).toBe(true);
  expect(isItsTurn(waiting, running, undefined, NOW)).toBe(true);
});

test('who has parked until later is not asked before that, and is as soon as that has come', () => {
  const parked = { status: 'Parked', inFlight: true, resumeAt: '2026-11-20T12:00:01.000Z' } as const;
  expect(isItsTurn(parked, running, wave(), NOW)).toBe(false);
  expect(isItsTurn(parked, running, undefined, NOW)).toBe(false);
  expect(isItsTurn({ ...parked, resumeAt: NOW.toISOString() }, running, wave(), NOW)).toBe(true);
  expect(isItsTurn(parked, running, wave(), undefined)).toBe(true);
});
