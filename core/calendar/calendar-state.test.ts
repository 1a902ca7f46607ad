import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { calendarStateAt } from './calendar-state.ts';
import type { CompiledCalendar } from './compile-calendar.ts';
import { longestOpening, openTimeWithin } from './longest-opening.ts';
import { nextOpenings } from './next-openings.ts';

/** The example of the documentation. */
const prod = {
  timeZone: 'Europe/Berlin',
  windows: [{ name: 'nights', schedule: '0 22 * * MON-THU', duration: '6h' }],
  freezes: [
    {
      name: 'black-friday',
      from: '2026-11-24T00:00',
      to: '2026-12-01T00:00',
      reason: 'year-end trade',
      ticket: 'CHG-7',
    },
    { name: 'month-end', schedule: '0 0 28 * *', duration: '4d', reason: 'closing of the books' },
  ],
};

const stateOf = (calendars: CompiledCalendar | readonly CompiledCalendar[], at: string) => {
  const list = Array.isArray(calendars) ? (calendars as readonly CompiledCalendar[]) : [calendars as CompiledCalendar];
  const { open, window, freeze, opensAt, closesAt } = calendarStateAt(list, new Date(at));
  const short = (date: Date | null) => date?.toISOString().replace(/(?::00)?\.000Z$/, 'Z') ?? null;
  return [open, window, freeze, short(opensAt), short(closesAt)];
};

test.each([
  ['before a window', '2026-11-23T20:59:59.999Z', [false, null, null, '2026-11-23T21:00Z', null]],
  ['its first instant', '2026-11-23T21:00Z', [true, 'nights', null, null, '2026-11-23T23:00Z']],
  [
    'the freeze begins inside the window',
    '2026-11-23T23:00Z',
    [false, 'nights', 'black-friday', '2026-12-01T23:00Z', null],
  ],
  // 28 November begins at 23:00Z of the 27th, and four days of 24 hours later is 1 December 23:00Z: month-end outlasts black-friday.
  [
    'two freezes: the first in file order is named',
    '2026-11-29T12:00Z',
    [false, null, 'black-friday', '2026-12-01T23:00Z', null],
  ],
  [
    'the end of one freeze is inside another',
    '2026-11-30T23:00Z',
    [false, 'nights', 'month-end', '2026-12-01T23:00Z', null],
  ],
  [
    'the first instant after it, in the middle of a window',
    '2026-12-01T23:00Z',
    [true, 'nights', null, null, '2026-12-02T03:00Z'],
  ],
  ['the last instant of a window', '2026-12-02T02:59:59.999Z', [true, 'nights', null, null, '2026-12-02T03:00Z']],
  ['the end of a window is closed', '2026-12-02T03:00Z', [false, null, null, '2026-12-02T21:00Z', null]],
  // A window belongs to the day of its opening: Friday morning is still part of Thursday's.
  [
    'after midnight on a day that has no window',
    '2026-12-04T01:00Z',
    [true, 'nights', null, null, '2026-12-04T03:00Z'],
  ],
  ['the evening of that day', '2026-12-04T21:30Z', [false, null, null, '2026-12-07T21:00Z', null]],
])('%s', (_what, at, expected) => {
  expect(stateOf(calendarOf(prod), at)).toEqual(expected);
});

test('calendars that open in turn are asked until all agree', () => {
  const daily = calendarOf({ windows: [{ name: 'daily', schedule: '0 0 * * *', duration: '1h' }] });
  const monthly = calendarOf({ windows: [{ name: 'monthly', schedule: '30 2 1 * *', duration: '23h' }] });
  const expected = [false, null, null, '2026-12-02T00:00Z', null];
  expect(stateOf([daily, monthly], '2026-11-20T12:00Z')).toEqual(expected);
  expect(stateOf([monthly, daily], '2026-11-20T12:00Z')).toEqual(expected);
});

test('what began long ago goes on for all of its duration', () => {
  const calendar = calendarOf({ windows: [{ name: 'long', schedule: '0 0 1 1 *', duration: '300d' }] });
  for (const at of ['2026-01-01T00:00Z', '2026-04-15T00:00Z', '2026-10-27T23:59Z']) {
    expect(stateOf(calendar, at)).toEqual([true, 'long', null, null, '2026-10-28T00:00Z']);
  }
  expect(stateOf(calendar, '2026-10-28T00:00Z')).toEqual([false, null, null, '2027-01-01T00:00Z', null]);
});

test('no calendar, and a calendar without windows, are always open', () => {
  expect(calendarStateAt([], new Date(0))).toEqual({
    open: true,
    window: null,
    freeze: null,
    opensAt: null,
    closesAt: null,
    reasons: [],
  });
  expect(stateOf(calendarOf({}), '2026-11-20T00:00Z')).toEqual([true, null, null, null, null]);
});

test('windows that touch are one opening, named by the first in the file', () => {
  const windows = [
    { name: 'late', schedule: '0 4 * * *', duration: '2h' },
    { name: 'early', schedule: '0 2 * * *', duration: '2h' },
    { name: 'long', schedule: '0 3 * * *', duration: '2h' },
  ];
  const calendar = calendarOf({ windows });
  expect(stateOf(calendar, '2026-11-20T02:30Z')).toEqual([true, 'early', null, null, '2026-11-20T06:00Z']);
  expect(stateOf(calendar, '2026-11-20T04:30Z')).toEqual([true, 'late', null, null, '2026-11-20T06:00Z']);
  const found = nextOpenings([calendar], new Date('2026-11-20T00:00Z'), 2);
  expect(found.map(({ window }) => window)).toEqual(['early', 'early']);
});

test('several calendars are open when all are', () => {
  const berlin = calendarOf(
    { timeZone: 'Europe/Berlin', windows: [{ schedule: '0 22 * * *', duration: '6h' }] },
    'berlin',
  );
  const york = calendarOf(
    { timeZone: 'America/New_York', windows: [{ name: 'y', schedule: '0 18 * * *', duration: '12h' }] },
    'york',
  );
  const frozen = calendarOf({ freezes: [{ name: 'f', from: '2026-11-20T00:00Z', to: '2026-11-21T00:00Z' }] }, 'frozen');
  // Berlin 21:00Z to 03:00Z, New York 23:00Z to 11:00Z.
  expect(stateOf([york, berlin], '2026-11-21T12:00Z')).toEqual([false, null, null, '2026-11-21T23:00Z', null]);
  expect(stateOf([york, berlin], '2026-11-21T23:00Z')).toEqual([true, 'y', null, null, '2026-11-22T03:00Z']);
  expect(stateOf([york, berlin, frozen], '2026-11-20T23:00Z')).toEqual([false, 'y', 'f', '2026-11-21T00:00Z', null]);
  const { reasons } = calendarStateAt([york, berlin, frozen], new Date('2026-11-20T12:00Z'));
  expect(reasons.map(({ code }) => code)).toEqual(['WindowClosed', 'WindowClosed', 'Frozen', 'CalendarsTogether']);
  expect(reasons.at(-1)?.message).toBe('york, berlin, frozen: open together 2026-11-20T19:00-05:00.');
});

test.each([
  ['UTC', '2026-11-24', '2026-11-24T12:00', '2026-11-24T00:00Z', '2026-11-24T12:00Z'],
  ['Europe/Berlin', '2026-11-24T00:00Z', '2026-11-24T12:00-05:00', '2026-11-24T00:00Z', '2026-11-24T17:00Z'],
  // Both edges in the gap of 29 March, 02:00 to 03:00: the first instant after it.
  ['Europe/Berlin', '2026-03-28', '2026-03-29T02:30', '2026-03-27T23:00Z', '2026-03-29T01:00Z'],
  ['Europe/Berlin', '2026-03-29T02:30', '2026-03-30', '2026-03-29T01:00Z', '2026-03-29T22:00Z'],
  // Both edges in the overlap of 25 October: from its first occurrence, to its second one.
  ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T02:45', '2026-10-25T00:30Z', '2026-10-25T01:45Z'],
  // Midnight does not exist on this day.
  ['America/Sao_Paulo', '2018-11-04', '2018-11-05', '2018-11-04T03:00Z', '2018-11-05T02:00Z'],
])('a freeze in %s from %s to %s', (timeZone, from, to, begins, ends) => {
  const calendar = calendarOf({ timeZone, freezes: [{ name: 'f', from, to }] });
  const before = new Date(Date.parse(begins) - 1).toISOString();
  const last = new Date(Date.parse(ends) - 1).toISOString();
  expect(stateOf(calendar, before)).toEqual([true, null, null, null, begins]);
  expect(stateOf(calendar, begins)).toEqual([false, null, 'f', ends, null]);
  expect(stateOf(calendar, last)).toEqual([false, null, 'f', ends, null]);
  expect(stateOf(calendar, ends)).toEqual([true, null, null, null, null]);
});

test('a freeze until cron fires next lasts over years that have no such day', () => {
  const calendar = calendarOf({ freezes: [{ name: 'f', schedule: '0 0 1 1 *', end: '0 0 29 2 *' }] });
  expect(stateOf(calendar, '2027-06-01T00:00Z')).toEqual([false, null, 'f', '2028-02-29T00:00Z', null]);
  expect(stateOf(calendar, '2028-03-01T00:00Z')).toEqual([true, null, null, null, '2029-01-01T00:00Z']);
});

test('an end at the instant of a start ends what was before, not what starts', () => {
  const calendar = calendarOf({ windows: [{ name: 'w', schedule: '0 0 1,2 * *', end: '0 0 2,5 * *' }] });
  expect(stateOf(calendar, '2026-11-01T12:00Z')).toEqual([true, 'w', null, null, '2026-11-05T00:00Z']);
  expect(stateOf(calendar, '2026-11-05T00:00Z')).toEqual([false, null, null, '2026-12-01T00:00Z', null]);
});

const never = { name: 'f', schedule: '* * * * *', duration: '1m' };

test.each([
  ['always frozen', { freezes: [never] }, [false, null, 'f', null, null]],
  [
    'frozen every day, for longer than the longest',
    { timeZone: 'Europe/Berlin', freezes: [{ ...never, schedule: '0 0 * * *', duration: '25h' }] },
    [false, null, 'f', null, null],
  ],
  [
    'frozen every day until the next',
    { timeZone: 'Europe/Berlin', freezes: [{ name: 'f', schedule: '0 0 * * *', end: '0 0 * * *' }] },
    [false, null, 'f', null, null],
  ],
  [
    'a window that a freeze always swallows',
    {
      windows: [{ schedule: '0 22 * * *', duration: '1h' }],
      freezes: [{ ...never, schedule: '0 20 * * *', duration: '4h' }],
    },
    [false, null, null, null, null],
  ],
  [
    'open every minute, frozen for 40 years',
    {
      windows: [{ name: 'w', schedule: '* * * * *', duration: '1m' }],
      freezes: [{ name: 'f', from: '2026-01-01', to: '2066-01-01' }],
    },
    [false, 'w', 'f', '2066-01-01T00:00Z', null],
  ],
  [
    'a freeze far ahead',
    { freezes: [{ name: 'f', from: '2060-01-01', to: '2066-01-01' }] },
    [true, null, null, null, '2060-01-01T00:00Z'],
  ],
  [
    'one freeze after the other',
    {
      freezes: [
        { name: 'g', from: '2045-01-01', to: '2066-01-01' },
        { name: 'f', from: '2026-01-01', to: '2045-01-01' },
      ],
    },
    [false, null, 'f', '2066-01-01T00:00Z', null],
  ],
  [
    'until the end of what can be written',
    {
      windows: [{ schedule: '0 0 29 2 *', duration: '1h' }],
      freezes: [{ name: 'f', from: '2026-01-01', to: '9999-12-31' }],
    },
    [false, null, 'f', '+010000-02-29T00:00Z', null],
  ],
  [
    '29 February comes',
    { windows: [{ schedule: '0 0 29 2 *', duration: '1h' }] },
    [false, null, null, '2028-02-29T00:00Z', null],
  ],
])('%s is told without a long search', (_what, spec, expected) => {
  expect(stateOf(calendarOf(spec), '2026-11-20T12:00Z')).toEqual(expected);
});

test.each([
  [
    'an unparseable window',
    { windows: [{ name: 'w', schedule: '0 25 * * *', duration: '1h' }] },
    'spec.windows[0].schedule: "0 25 * * *" has 25 as hour',
  ],
  [
    'an unparseable freeze beside a good window',
    { windows: [{ schedule: '* * * * *', duration: '1h' }], freezes: [{ name: 'f', schedule: 'x', duration: '1h' }] },
    'spec.freezes[0].schedule',
  ],
  ['a freeze that never fires', { freezes: [{ name: 'f', schedule: '0 0 31 2 *', duration: '1h' }] }, 'never fires'],
  ['an unknown zone', { timeZone: 'Europe/Berln' }, 'no time zone that is known here'],
  ['a city', { timeZone: 'berlin' }, 'no time zone that is known here'],
  ['an offset as zone', { timeZone: '+02:00' }, 'no time zone that is known here'],
  [
    'an unknown zone of a window',
    { windows: [{ name: 'w', schedule: '* * * * *', duration: '1h', timeZone: 'Mars' }] },
    'spec.windows[0].timeZone',
  ],
  ['neither duration nor end', { windows: [{ name: 'w', schedule: '* * * * *' }] }, 'neither duration nor end'],
  [
    'both duration and end',
    { windows: [{ name: 'w', schedule: '* * * * *', duration: '1h', end: '0 0 * * *' }] },
    'duration and end are both given',
  ],
  [
    'a freeze that ends before it begins',
    { freezes: [{ name: 'f', from: '2026-12-02', to: '2026-12-01' }] },
    'is not after from',
  ],
  [
    'a day that does not exist',
    { freezes: [{ name: 'f', from: '2026-02-30', to: '2026-12-01' }] },
    'no day or time of the calendar',
  ],
])('%s closes the calendar for ever, and says so', (_what, spec, words) => {
  const calendar = calendarOf(spec);
  expect(calendar.problems.join(' ')).toContain(words);
  const state = calendarStateAt([calendarOf({}), calendar], new Date('2026-11-20T12:00Z'));
  expect(state).toMatchObject({ open: false, opensAt: null, closesAt: null });
  expect(state.reasons[0]).toEqual({ code: 'CalendarInvalid', message: expect.stringContaining(words) });
  expect(nextOpenings([calendar], new Date('2026-11-20T12:00Z'), 3)).toEqual([]);
});

test.each([
  ['2026-11-23T21:30Z', 'CalendarOpen', 'open: window nights, until 2026-11-24T00:00+01:00.'],
  [
    '2026-11-20T12:00Z',
    'WindowClosed',
    'closed by calendar prod: none of its windows is open; window nights opens 2026-11-23T22:00+01:00.',
  ],
  [
    '2026-11-24T12:00Z',
    'Frozen',
    'closed by calendar prod: freeze black-friday until 2026-12-01T00:00+01:00 (year-end trade; CHG-7); then window nights opens 2026-12-02T00:00+01:00.',
  ],
])('at %s a person reads why', (at, code, message) => {
  expect(calendarStateAt([calendarOf(prod)], new Date(at)).reasons).toEqual([{ code, message }]);
});

test('a freeze of a calendar without windows says its end once', () => {
  const calendar = calendarOf({ freezes: [{ name: 'f', from: '2026-11-20', to: '2026-11-21' }] });
  const [reason] = calendarStateAt([calendar], new Date('2026-11-20T12:00Z')).reasons;
  expect(reason?.message).toBe('closed by calendar prod: freeze f until 2026-11-21T00:00+00:00.');
});

test('openings that begin at the instant are listed, those under way are not', () => {
  const calendar = calendarOf({ windows: [{ name: 'w', schedule: '0 22 * * *', duration: '2h' }] });
  const first = (at: string) => nextOpenings([calendar], new Date(at), 1)[0]?.opensAt.toISOString();
  expect(first('2026-11-20T22:00Z')).toBe('2026-11-20T22:00:00.000Z');
  expect(first('2026-11-20T22:00:00.001Z')).toBe('2026-11-21T22:00:00.000Z');
  expect(nextOpenings([calendarOf({})], new Date(0), 3)).toEqual([]);
});

test('the longest opening is cut to the days looked at', () => {
  const hours = (ms: number) => ms / 3_600_000;
  const from = new Date('2026-11-20T00:00Z');
  const nights = calendarOf({
    windows: [
      { schedule: '0 22 * * *', duration: '4h' },
      { schedule: '0 1 * * SUN', duration: '3h' },
    ],
  });
  expect(hours(longestOpening([nights], from, 7))).toBe(6);
  expect(hours(longestOpening([], from, 7))).toBe(168);
  expect(hours(longestOpening([calendarOf({ freezes: [never] })], from, 7))).toBe(0);
  expect(hours(openTimeWithin([nights], from, 2))).toBe(2 + 4 + 2);
});
