import { type CalendarDraft, calendarOf, specOf } from '../../test/material/calendar/calendar-of.ts';
import { calendarStateAt } from './calendar-state.ts';
import { compileCalendar } from './compile-calendar.ts';
import { nextOpenings } from './next-openings.ts';

const noon = new Date('2026-11-20T12:00:00Z');
const lunch = { name: 'lunch', schedule: '0 12 * * *', duration: '2h' };
const fair = { name: 'fair', from: '2026-11-20', to: '2026-11-22' };
const NO_ZONE = 'is no time zone that is known here: write an IANA name, such as Europe/Berlin.';
const NO_DURATION = 'is no duration; write 45m, 6h or 4d.';
const NOT_AFTER = 'so that it freezes nothing. Swap or correct them.';

test.each<[string, CalendarDraft, readonly string[]]>([
  ['an unknown zone', { timeZone: 'Mars', windows: [lunch], freezes: [fair] }, [`spec.timeZone: "Mars" ${NO_ZONE}`]],
  [
    'the unknown zone of a rule',
    { windows: [lunch, { ...lunch, timeZone: 'Mars' }] },
    [`spec.windows[1].timeZone: "Mars" ${NO_ZONE}`],
  ],
  [
    'a day that is none at the beginning of a freeze',
    { freezes: [{ ...fair, from: '2026-02-30' }] },
    ['spec.freezes[0].from: "2026-02-30" is no day or time of the calendar.'],
  ],
  [
    'a time that is none at its end',
    { freezes: [fair, { ...fair, to: '2026-11-22T24:00' }] },
    ['spec.freezes[1].to: "2026-11-22T24:00" is no day or time of the calendar.'],
  ],
  [
    'both',
    { freezes: [{ ...fair, from: 'x2026-11-20', to: '2026-11-22T10:00x' }] },
    [
      'spec.freezes[0].from: "x2026-11-20" is no day or time of the calendar.',
      'spec.freezes[0].to: "2026-11-22T10:00x" is no day or time of the calendar.',
    ],
  ],
  [
    'what is neither a day nor a time, and a second that is none',
    { freezes: [{ ...fair, from: '20/11/2026', to: '2026-11-22T10:00:61' }] },
    [
      'spec.freezes[0].from: "20/11/2026" is no day or time of the calendar.',
      'spec.freezes[0].to: "2026-11-22T10:00:61" is no day or time of the calendar.',
    ],
  ],
  [
    'an offset that no clock has',
    { freezes: [{ ...fair, to: '2026-11-22T10:00+25:00' }] },
    ['spec.freezes[0].to: "2026-11-22T10:00+25:00" has an offset that no clock has.'],
  ],
  [
    'a freeze that ends as it begins',
    { freezes: [{ ...fair, to: fair.from }] },
    [`spec.freezes[0].to: "2026-11-20" is not after from, "2026-11-20", ${NOT_AFTER}`],
  ],
  ['no length at all', { windows: [{ ...lunch, duration: '0m' }] }, [`spec.windows[0].duration: "0m" ${NO_DURATION}`]],
  [
    'lengths that are none',
    { windows: ['x6h', '6hours', '6 h', ''].map((duration) => ({ ...lunch, duration })) },
    ['x6h', '6hours', '6 h', ''].map((text, index) => `spec.windows[${index}].duration: "${text}" ${NO_DURATION}`),
  ],
  [
    'what never ends',
    { windows: [{ name: 'w', schedule: '0 12 * * *', end: '0 0 30 2 *' }] },
    ['spec.windows[0].end: "0 0 30 2 *" never fires: no month that it names has such a day.'],
  ],
  [
    'all of it at once, with each place',
    { timeZone: 'Mars', windows: [{ name: 'w', schedule: '0 0 30 2 *', timeZone: 'Venus' }] },
    [
      `spec.timeZone: "Mars" ${NO_ZONE}`,
      `spec.windows[0].timeZone: "Venus" ${NO_ZONE}`,
      'spec.windows[0].schedule: "0 0 30 2 *" never fires: no month that it names has such a day.',
      'spec.windows[0].schedule: neither duration nor end is given, so nobody knows how long it lasts. Add one of them.',
    ],
  ],
])('of a calendar it is told where and why it cannot be read: %s', (_, draft, problems) => {
  const calendar = calendarOf(draft);
  expect([...calendar.problems].sort()).toEqual([...problems].sort());
  // The valid parts beside it do not count either.
  expect(calendarStateAt([calendar], noon)).toMatchObject({ open: false, opensAt: null, closesAt: null });
  expect(nextOpenings([calendarOf({}), calendar], noon, 1)).toEqual([]);
});

test.each<[string, CalendarDraft]>([
  ['with a length and an end', { windows: [{ ...lunch, end: '0 13 * * *' }] }],
  ['in a zone that is unknown', { windows: [{ ...lunch, timeZone: 'Mars' }] }],
  ['of a calendar whose zone is unknown', { timeZone: 'Mars', windows: [lunch] }],
  ['that never ends', { windows: [{ name: 'lunch', schedule: '0 12 * * *', end: '0 0 30 2 *' }] }],
])('a window %s is never said to be on', (_, draft) => {
  expect(calendarStateAt([calendarOf(draft)], noon).window).toBeNull();
});

test('what closes for ever is closed from the instant that is asked for', () => {
  const { name, open } = compileCalendar('bad', specOf({ timeZone: 'Mars' }));
  const search = { limit: Number.POSITIVE_INFINITY };
  expect(name).toBe('bad');
  expect([open.covers(7), open.nextCovered(7, search), open.nextUncovered(7, search)]).toStrictEqual([false, null, 7]);
});

test('a rule keeps why it is there and where that was agreed', () => {
  const freezes = [
    { ...fair, reason: 'trade', ticket: 'CHG-7' },
    { name: 'nightly', schedule: '0 0 * * *', duration: '1h', reason: 'backup' },
  ];
  expect(calendarOf({ freezes, windows: [lunch] })).toMatchObject({
    problems: [],
    freezes: [
      { name: 'fair', reason: 'trade', ticket: 'CHG-7', schedule: undefined, length: undefined },
      { name: 'nightly', reason: 'backup', ticket: undefined, length: 3_600_000, dates: undefined },
    ],
    windows: [{ name: 'lunch', reason: undefined, ticket: undefined, length: 7_200_000 }],
  });
});

const at = (text: string) => Date.parse(`2026-11-${text}:00Z`);

test.each<[string, CalendarDraft, string, string | null]>([
  ['before its freeze', { freezes: [fair] }, '19T12:00', '20T00:00'],
  ['at the last instant before its freeze', { freezes: [fair] }, '19T23:59', '20T00:00'],
  ['at the beginning of its freeze', { freezes: [fair] }, '20T00:00', '20T00:00'],
  ['in its freeze', { freezes: [fair] }, '21T00:00', '21T00:00'],
  ['at the end of its freeze', { freezes: [fair] }, '22T00:00', null],
  [
    'between two freezes',
    { freezes: [fair, { ...fair, from: '2026-11-24', to: '2026-11-25' }] },
    '22T00:00',
    '24T00:00',
  ],
  ['with a freeze that recurs', { freezes: [{ ...lunch, name: 'recurs' }] }, '20T00:00', '20T12:00'],
])('a calendar without windows %s is closed next when a freeze is on', (_, draft, from, closes) => {
  const found = calendarOf(draft).open.nextUncovered(at(from), { limit: Number.POSITIVE_INFINITY });
  expect(found).toBe(closes === null ? null : at(closes));
});

const always = { name: 'always', schedule: '* * * * *', duration: '1m' };
const year = { name: 'year', from: '2026-01-01', to: '2027-01-01T00:00' };

test.each<[string, CalendarDraft, string | undefined]>([
  ['a dated freeze of a year', { windows: [always], freezes: [year] }, '2027-01-01T00:00:00.000Z'],
  [
    'two that follow each other',
    {
      windows: [always],
      freezes: [
        { ...year, to: '2026-06-01' },
        { ...year, from: '2026-06-01' },
      ],
    },
    '2027-01-01T00:00:00.000Z',
  ],
  [
    'a freeze that recurs without a break',
    { windows: [always], freezes: [{ ...lunch, schedule: '0 0 * * *', duration: '25h' }] },
    undefined,
  ],
])('a window that is always open opens after %s', (_, draft, opens) => {
  const calendar = calendarOf(draft);
  expect(calendarStateAt([calendar], new Date('2026-03-01T00:00:00Z')).opensAt?.toISOString()).toBe(opens);
});

test.each([
  ['2026-11-20T12:00:30', '2026-11-20T12:00:30.000Z'],
  ['2026-11-20T12:00:30Z', '2026-11-20T12:00:30.000Z'],
  ['2026-11-20T12:00:30+01:00', '2026-11-20T11:00:30.000Z'],
  ['2026-11-20T12:00-05:30', '2026-11-20T17:30:00.000Z'],
])('a freeze from %s is on from that second on', (from, instant) => {
  const [freeze] = calendarOf({ freezes: [{ name: 'f', from, to: '2027-01-01' }] }).freezes;
  expect(new Date(freeze?.dates?.from ?? 0).toISOString()).toBe(instant);
});
