import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { type Answer, waitingForWaves } from './waiting.ts';

const now = new Date('2026-11-20T12:00:00Z');
const SOAKED = '2026-11-20T13:00:00.000Z';
const held = reason('Held', 'It is held.');
const ofNow: Reason[] = [reason('WavePending', 'x'), reason('WindowClosed', 'x'), reason('CapReached', 'x')];
const atTheEarliest = reason('WindowClosed', 'Then, at the earliest: x');

interface Given {
  readonly waves: readonly Partial<Wave>[];
  readonly member?: Partial<Member>;
  readonly window?: Answer;
  readonly answer?: Answer;
  /** Of the waves in the policy. */
  readonly specs?: readonly object[];
  readonly policy?: string;
}

function told({ waves, member = {}, window = { reasons: [] }, answer, specs = [], policy = 'p' }: Given): Answer {
  const spec = {
    selector: {},
    target: '1.37',
    waves: ['w0', 'w1', 'w2'].map((name, index) => ({ name, clusters: [name], soak: '1h', ...specs[index] })),
  };
  const calendars = new Map([
    ['berlin', calendarOf({ timeZone: 'Europe/Berlin' }, 'berlin')],
    ['tokyo', calendarOf({ timeZone: 'Asia/Tokyo' }, 'tokyo')],
  ]);
  const snapshot = { ...fleetSnapshot({ clusters: [], policies: { p: { ...spec } } }), calendars };
  const items = waves.map((wave, index) => waveItem({ index, name: `w${index}`, members: 3, ...wave }));
  const asked: string[] = [];
  const say = waitingForWaves(snapshot, rolloutItem({ policy }), items, now, (_, at) => {
    asked.push(at.toISOString());
    return window;
  });
  const given = say(memberItem({ waveIndex: 1, ...member }), answer ?? { reasons: [held, ...ofNow], until: 'x' });
  if (asked.length > 0) expect(asked).toEqual([SOAKED]);
  return given;
}
const messages = (given: Given) => told(given).reasons.map(({ message }) => message);
const soaking: Partial<Wave> = { status: 'Soaking', lastSuccessAt: now.toISOString() };
const later: Partial<Wave> = { status: 'Pending' };

test.each<[string, Partial<Wave>, string]>([
  ['has not begun', later, 'The wave w0 comes first, and has not begun.'],
  [
    'is open',
    { status: 'Open', members: 9, succeeded: 1, failed: 1, blocked: 1, excluded: 1, quarantined: 1 },
    'The wave w0 comes first: it has 4 of 9 clusters still open.',
  ],
  ['has settled', { status: 'Undecided', blocked: 3 }, 'The wave w0 comes first: it is Undecided.'],
])('who comes later waits for a wave that %s, nobody knows until when', (_, wave, message) => {
  expect(told({ waves: [wave, later] })).toStrictEqual({
    reasons: [reason('EarlierWave', message), atTheEarliest, held],
  });
});

test('who is in the wave whose turn it is, or holds a place, is told what is so now', () => {
  const answer = { reasons: [held, ...ofNow], until: 'x' };
  expect(told({ waves: [later, later], member: { waveIndex: 0 }, answer })).toBe(answer);
  expect(told({ waves: [later, later], member: { inFlight: true }, answer })).toBe(answer);
  expect(told({ waves: [{ status: 'Completed' }, later], answer })).toBe(answer);
  expect(told({ waves: [{ status: 'Completed' }, { status: 'Completed' }], answer })).toBe(answer);
});

test('waves go by their place, however they are listed', () => {
  const waves = [
    { index: 1, name: 'w1', status: 'Pending' as const },
    { index: 0, name: 'w0', status: 'Open' as const },
  ];
  expect(messages({ waves })[0]).toBe('The wave w0 comes first: it has 3 of 3 clusters still open.');
});

const soaks = (clock: string) => `The wave w0 soaks until ${clock}: 1h after its last success.`;

test('who is in the next wave waits until the one before it has soaked, and then for its window', () => {
  expect(told({ waves: [soaking, later] })).toStrictEqual({
    reasons: [reason('Soaking', soaks(SOAKED)), held],
    until: SOAKED,
  });
  const until = '2026-11-20T22:00:00.000Z';
  const window = { reasons: [held, reason('WindowClosed', 'The window nights opens at ten.')], until };
  expect(told({ waves: [soaking, later], window })).toStrictEqual({
    reasons: [
      reason('Soaking', soaks(SOAKED)),
      { code: 'WindowClosed', message: 'Then: The window nights opens at ten.' },
      held,
    ],
    until,
  });
});

test('of those further behind nobody knows until when they wait, only before which opening they do not begin', () => {
  expect(told({ waves: [soaking, later, later], member: { waveIndex: 2 } })).toStrictEqual({
    reasons: [reason('Soaking', soaks(SOAKED)), atTheEarliest, held],
  });
});

test.each([
  ['of the wave that waits', [{ calendar: 'tokyo' }, { calendar: 'berlin' }], '2026-11-20T14:00+01:00'],
  ['of the wave that soaks, where that has none', [{ calendar: 'tokyo' }], '2026-11-20T22:00+09:00'],
  ['of the first of several', [{}, { calendar: ['tokyo', 'berlin'] }], '2026-11-20T22:00+09:00'],
  ['of nobody, where a calendar is not there', [{}, { calendar: 'nowhere' }], SOAKED],
])('the end of a soak is told on the clocks %s', (_, specs, clock) => {
  expect(messages({ waves: [soaking, later], specs })[0]).toBe(soaks(clock));
});

test('nobody knows how long a wave soaks where the policy is gone', () => {
  expect(
    told({ waves: [soaking, later], policy: 'gone', answer: { reasons: [] }, member: { waveIndex: 2 } }),
  ).toMatchObject({ reasons: [{ code: 'NoWave' }] });
});
