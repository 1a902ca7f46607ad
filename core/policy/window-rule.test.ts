import { compileCalendar } from '../calendar/compile-calendar.ts';
import { windowRule } from './window-rule.ts';

const MINUTES = 60_000;
const calendar = compileCalendar('prod', {
  timeZone: 'UTC',
  windows: [
    { name: 'lunch', schedule: '0 12 * * *', duration: '45m' },
    { name: 'sunday', schedule: '0 12 * * SUN', duration: '4h' },
  ],
  freezes: [{ name: 'fair', from: '2026-11-24T00:00', to: '2026-11-26T00:00' }],
});
const rules = (more: object = {}) => ({
  calendars: [calendar],
  problems: [],
  estimateMilliseconds: 60 * MINUTES,
  mayOverrun: false,
  ...more,
});
/** 2026-11-20 is a Friday. */
const at = (text: string) => new Date(`2026-11-${text}:00Z`);
const answer = (more: object, now: string, begun = false) => {
  const { reasons, startsAt } = windowRule(rules(more), at(now), begun);
  return { codes: reasons.map(({ code }) => code), startsAt: startsAt?.toISOString() ?? startsAt };
};
const sunday = '2026-11-22T12:00:00.000Z';

test.each([
  ['always open without calendars', { calendars: [] }, '20T08:00', false, [], undefined],
  ['open and long enough', {}, '22T12:00', false, [], undefined],
  ['fits to the instant', {}, '22T15:00', false, [], undefined],
  ['one minute too late', {}, '22T15:01', false, ['WindowTooShort'], '2026-11-29T12:00:00.000Z'],
  ['closed, and the next one is too short', {}, '20T08:00', false, ['WindowClosed', 'WindowTooShort'], sunday],
  ['closed, and what fits comes next', {}, '21T13:00', false, ['WindowClosed'], sunday],
  ['what was begun needs no fit', {}, '20T12:30', true, [], undefined],
  ['what was begun waits for any opening', {}, '20T13:00', true, ['WindowClosed'], '2026-11-21T12:00:00.000Z'],
  ['the last minute is too late for what was begun', {}, '20T12:44', true, [], undefined],
  ['what may overrun begins in a short one', { mayOverrun: true }, '20T12:30', false, [], undefined],
  ['a freeze closes an open window', {}, '24T12:10', true, ['Frozen'], '2026-11-26T12:00:00.000Z'],
  [
    'a hop longer than every window',
    { estimateMilliseconds: 600 * MINUTES },
    '20T08:00',
    false,
    ['WindowClosed', 'WindowTooShort'],
    null,
  ],
  [
    'a calendar that cannot be used',
    { problems: [{ code: 'NoCalendar', message: '' }] },
    '22T12:00',
    false,
    ['NoCalendar'],
    null,
  ],
])('%s', (_, more, now, begun, codes, startsAt) => {
  expect(answer(more, now, begun)).toEqual({ codes, startsAt });
});

test('nothing is committed in the last minute', () => {
  const { reasons } = windowRule(rules(), new Date('2026-11-20T12:44:01Z'), true);
  expect(reasons.map(({ code }) => code)).toEqual(['WindowClosing']);
});
