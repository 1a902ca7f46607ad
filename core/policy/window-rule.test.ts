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
const lunches = compileCalendar('prod', {
  ...{ timeZone: 'UTC', freezes: [] },
  windows: [{ name: 'lunch', schedule: '0 12 * * *', duration: '45m' }],
});
const rules = (more: object = {}) => ({
  calendars: [calendar],
  problems: [],
  estimateMilliseconds: 60 * MINUTES,
  mayOverrun: false,
  ...more,
});
/** 2026-11-20 is a Friday. */
const at = (text: string) => new Date(`2026-11-${text}${text.length > 8 ? '' : ':00'}Z`);
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
  expect(answer(more, now, begun)).toStrictEqual({ codes, startsAt });
});

test('what fits into an opening to the minute begins in it: the first look does not come at its very start', () => {
  const full = { estimateMilliseconds: 45 * MINUTES };
  const codes = (more: object, now: string) => answer({ ...full, ...more }, now).codes;
  for (const now of ['20T12:00:59', '20T12:03:42', '20T12:14:59']) expect(codes({}, now)).toEqual([]);
  expect(codes({}, '20T12:15')).toEqual(['WindowTooShort']);
  expect(codes({ estimateMilliseconds: 46 * MINUTES }, '20T12:00')).toEqual(['WindowTooShort']);
  // An hour before the end of a long window it is too late, however soon after the opening the hop was granted.
  expect(codes({ estimateMilliseconds: 240 * MINUTES }, '22T12:14')).toEqual([]);
  expect(codes({ estimateMilliseconds: 60 * MINUTES }, '22T15:14')).toEqual(['WindowTooShort']);
});

test.each([
  ['it fitted when it was granted, and is let in after its scan', 45, '20T12:30', 20, []],
  ['what its scan took counts by half of the estimate at most', 45, '20T12:38', 40, ['WindowTooShort']],
  ['of a long window it takes no more than what is left of it', 60, '22T15:20', 20, []],
  ['a scan makes nothing fit that never did', 60, '22T15:21', 20, ['WindowTooShort']],
  ['nothing is committed in the last minute, however long the scan took', 45, '20T12:44:30', 40, ['WindowTooShort']],
])('a hop counts from before its scan: %s', (_, estimate, now, scanned, codes) => {
  const hop = rules({ estimateMilliseconds: estimate * MINUTES });
  const { reasons } = windowRule(hop, at(now), false, scanned * MINUTES);
  expect(reasons.map(({ code }) => code)).toEqual(codes);
});

test.each([
  ['none is so long', {}, null, 'none of its next openings is so long. Lengthen the windows, '],
  ['a later one is', { sunday: true }, sunday, 'it fits when the window lunch opens at 2026-11-22T12:00'],
])(
  'where the scan alone takes too much of a window, another one has to hold that as well: %s',
  (_, more, startsAt, says) => {
    const weekly = Object.keys(more).length > 0 ? calendar : lunches;
    const answered = windowRule(
      rules({ calendars: [weekly], estimateMilliseconds: 40 * MINUTES }),
      at('20T12:40'),
      false,
      40 * MINUTES,
    );
    expect(answered.startsAt?.toISOString() ?? null).toBe(startsAt);
    expect(answered.reasons).toEqual([
      {
        code: 'WindowTooShort',
        message: expect.stringContaining(
          `an upgrade is taken to last 40m, and its scan has taken 40m, of which 20m count; ${says}`,
        ),
      },
    ]);
  },
);

test('a hop counts from before its scan in the opening that it goes on in alone: a freeze that came meanwhile ends the one before', () => {
  const window = { name: 'noon', schedule: '0 12 * * *', duration: '1h' };
  const freeze = { name: 'incident', from: '2026-11-20T12:10', to: '2026-11-20T12:20' };
  const hop = rules({ calendars: [only({ windows: [window], freezes: [freeze] })] });
  expect(windowRule(hop, at('20T12:25'), false, 20 * MINUTES).reasons).toMatchObject([{ code: 'WindowTooShort' }]);
});

test('a break of ten minutes ends an opening, and what is over is none', () => {
  const day = { name: 'day', schedule: '0 8 * * *', duration: '5h' };
  const freeze = { name: 'sale', from: '2026-11-20T12:00', to: '2026-11-20T12:10' };
  const broken = { calendars: [only({ windows: [day], freezes: [freeze] })], estimateMilliseconds: 50 * MINUTES };
  expect(answer(broken, '20T12:10:40').codes).toEqual([]);
  expect(answer({ ...broken, estimateMilliseconds: 51 * MINUTES }, '20T12:10:40').codes).toEqual(['WindowTooShort']);
  const short = only({
    windows: [
      { ...day, schedule: '0 12 * * *', duration: '6m' },
      { ...day, name: 'b', schedule: '10 12 * * *', duration: '4m' },
    ],
  });
  const more = { calendars: [short], estimateMilliseconds: 5 * MINUTES };
  expect(answer(more, '20T12:10:30').codes).toEqual(['WindowTooShort']);
});

test('what has just opened still closes in its last minute', () => {
  const short = only({ windows: [{ name: 'short', schedule: '0 12 * * *', duration: '5m' }] });
  const more = { calendars: [short], estimateMilliseconds: 5 * MINUTES };
  expect(answer(more, '20T12:03:59').codes).toEqual([]);
  expect(answer(more, '20T12:04:01').codes).toEqual(['WindowTooShort']);
  expect(answer(more, '20T12:04:01', true).codes).toEqual(['WindowClosing']);
});

test('nothing is committed in the last minute', () => {
  const { reasons } = windowRule(rules(), new Date('2026-11-20T12:44:01Z'), true);
  expect(reasons.map(({ code }) => code)).toEqual(['WindowClosing']);
});

const berlin = compileCalendar('prod', {
  timeZone: 'Europe/Berlin',
  windows: [
    { name: 'lunch', schedule: '0 12 * * *', duration: '45m' },
    { name: 'sunday', schedule: '0 14 * * SUN', duration: '4h' },
  ],
  freezes: [],
});
const bakes = { wave: { name: 'w', bake: '24h' } };

test.each([
  [
    'open, and it would not end in time',
    {},
    '20T11:30',
    'The window lunch closes at 2026-11-20T12:45+01:00, which is too soon: an upgrade is taken to last 1h; it fits when the window sunday opens at 2026-11-22T14:00+01:00.',
  ],
  [
    'closed, and the next opening is too short',
    { estimateMilliseconds: 90 * MINUTES },
    '20T08:00',
    'The next opening is too short: an upgrade is taken to last 1h30m; it fits when the window sunday opens at 2026-11-22T14:00+01:00.',
  ],
  [
    'with a bake, what comes before it does not fit',
    bakes,
    '20T08:00',
    'The next opening is too short: what comes before the bake, half of an upgrade, is taken to last 1h; it fits when the window sunday opens at 2026-11-22T14:00+01:00.',
  ],
  [
    'no opening is long enough',
    { estimateMilliseconds: 600 * MINUTES },
    '20T08:00',
    'The next opening is too short: an upgrade is taken to last 10h; none of its next openings is so long. Lengthen the windows, correct estimates.upgrade, or write mayOverrun: true.',
  ],
])('what is too short is told on the clocks of the calendar: %s', (_, more, now, told) => {
  const { reasons } = windowRule(rules({ calendars: [berlin], ...more }), at(now), false);
  expect(reasons.at(-1)).toEqual({ code: 'WindowTooShort', message: told });
});

const only = (spec: object) => compileCalendar('prod', { timeZone: 'UTC', windows: [], freezes: [], ...spec });

test('what is closed is told as its calendar tells it', () => {
  const { reasons } = windowRule(rules(), at('21T13:00'), false);
  expect(reasons[0]?.message).toMatch(/^closed by calendar prod: none of its windows is open; window lunch opens /);
});

test('a freeze inside a window is told by its name: the window goes on', () => {
  const windows = [{ name: 'days', schedule: '0 9 * * *', duration: '12h' }];
  const freezes = [{ name: 'release', from: '2026-11-20T14:00', to: '2026-11-20T15:00' }];
  const calendars = [only({ windows, freezes })];
  const told = (now: string, begun = false) => windowRule(rules({ calendars }), at(now), begun).reasons[0]?.message;
  expect(told('20T13:30')).toBe(
    'The freeze release begins at 2026-11-20T14:00+00:00, which is too soon: an upgrade is taken to last 1h; it fits when the freeze release ends at 2026-11-20T15:00+00:00.',
  );
  expect(told('20T13:59:30', true)).toBe('The freeze release begins at 2026-11-20T14:00+00:00, in a moment.');
  expect(told('20T20:30')).toMatch(/^The window days closes at 2026-11-20T21:00.* when the window days opens at /);
});

describe('a calendar without windows', () => {
  const freezes = [
    { name: 'one', from: '2026-11-20T10:00', to: '2026-11-20T12:00' },
    { name: 'two', from: '2026-11-20T12:30', to: '2026-11-20T18:00' },
  ];
  const calendars = [only({ freezes })];

  test('is open for ever after its last freeze', () => {
    expect(answer({ calendars }, '20T18:00')).toStrictEqual({ codes: [], startsAt: undefined });
    expect(answer({ calendars }, '20T13:00')).toStrictEqual({
      codes: ['Frozen'],
      startsAt: '2026-11-20T18:00:00.000Z',
    });
  });

  test('names the freeze that ends what is open, or whose end opens it', () => {
    const told = (now: string) => windowRule(rules({ calendars }), at(now), false).reasons.at(-1)?.message;
    const starts = 'an upgrade is taken to last 1h; it fits when the freeze two ends at';
    expect(told('20T09:30')).toBe(
      `The freeze one begins at 2026-11-20T10:00+00:00, which is too soon: ${starts} 2026-11-20T18:00+00:00.`,
    );
    expect(told('20T11:00')).toBe(`The next opening is too short: ${starts} 2026-11-20T18:00+00:00.`);
  });

  test('opens for as long as is needed to the instant', () => {
    const half = { calendars, estimateMilliseconds: 30 * MINUTES };
    expect(answer(half, '20T11:00')).toStrictEqual({ codes: ['Frozen'], startsAt: '2026-11-20T12:00:00.000Z' });
  });
});

test('one of several calendars that nobody can read closes them, and no window is waited for', () => {
  const calendars = [calendar, only({ windows: [{ name: 'never', schedule: '0 0 30 2 *', duration: '1h' }] })];
  for (const begun of [false, true])
    expect(answer({ calendars }, '20T08:00', begun)).toStrictEqual({ codes: ['CalendarInvalid'], startsAt: null });
});

test.each([
  ['what begins', false],
  ['what was begun', true],
])('a calendar that never opens says so to %s', (_, begun) => {
  const calendars = [only({ freezes: [{ name: 'always', schedule: '0 0 * * *', duration: '24h' }] })];
  expect(answer({ calendars }, '20T08:00', begun)).toStrictEqual({ codes: ['Frozen'], startsAt: null });
});

test.each([
  ['the 200th is found', '7 6', '2027-06-07T12:00:00.000Z'],
  ['one later is not looked for', '8 6', null],
])('of openings that are too short 200 are looked through: %s', (_, day, startsAt) => {
  const windows = [
    { name: 'lunch', schedule: '0 12 * * *', duration: '45m' },
    { name: 'summer', schedule: `0 12 ${day} *`, duration: '4h' },
  ];
  expect(answer({ calendars: [only({ windows })] }, '20T08:00').startsAt).toBe(startsAt);
});

test('many short openings a day do not hide the long one of a month', () => {
  const windows = [
    { name: 'often', schedule: '0 * * * *', duration: '45m' },
    { name: 'monthly', schedule: '0 12 19 * *', duration: '4h' },
  ];
  expect(answer({ calendars: [only({ windows })] }, '20T08:50').startsAt).toBe('2026-12-19T12:00:00.000Z');
});
