import { waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterGlass, waveGlass } from './glass-standing.ts';

const now = new Date('2026-11-20T08:00:00Z');
const at = '2026-11-20T07:00:00.000Z';
const until = '2026-11-20T10:00:00.000Z';
const glass = (...people: readonly string[]) => ({
  reason: 'incident',
  until,
  by: people.map((name) => ({ principal: `sso:1/${name}`, at })),
});
const two = { fourEyes: true };

test.each<[string, Parameters<typeof clusterGlass>, object]>([
  ['one person who suffices', [glass('ann'), undefined, now], { status: 'Opened', people: 1, peopleNeeded: 1 }],
  ['one of two', [glass('ann'), two, now], { status: 'Requested', people: 1, peopleNeeded: 2 }],
  ['both', [glass('ann', 'bob'), two, now], { status: 'Opened', people: 2, peopleNeeded: 2 }],
  [
    'two of whom the policy names one',
    [glass('ann', 'bob'), { ...two, from: ['sso:*/ann'] }, now],
    { status: 'Requested', people: 1, peopleNeeded: 2 },
  ],
  [
    'both, longer ago than they asked for',
    [glass('ann', 'bob'), two, new Date(until)],
    { status: 'Over', people: 2, peopleNeeded: 2 },
  ],
])('an order of %s stands as the commits of an upgrade see it', (_, given, expected) => {
  expect(clusterGlass(...given)).toEqual(expected);
});

test.each<[string, Parameters<typeof waveItem>[0], object | null]>([
  ['has none', {}, null],
  ['is for its plan', { planHash: 'h', breakGlass: { ...glass('ann'), planHash: 'h' } }, { status: 'Opened' }],
  ['is for a plan before', { planHash: 'i', breakGlass: { ...glass('ann'), planHash: 'h' } }, { status: 'Replaced' }],
  [
    'was for a plan before, and is over',
    { planHash: 'i', breakGlass: { ...glass('ann'), until: at, planHash: 'h' } },
    { status: 'Over' },
  ],
])('the order of a wave that %s', (_, wave, expected) => {
  const told = waveGlass(waveItem(wave), undefined, now);
  expect(told).toEqual(expected === null ? null : expect.objectContaining(expected));
});
