import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { nextOpenings } from './next-openings.ts';

/** The openings of a window from an instant on, as [opens, closes] in UTC. Each row is computed by hand from the clock changes of its zone. */
const cases: readonly (readonly [
  what: string,
  zone: string,
  window: { schedule: string; duration?: string; end?: string },
  at: string,
  expected: readonly string[],
])[] = [
  // Berlin, 2026-03-29: 02:00 CET becomes 03:00 CEST at 01:00Z. 2026-10-25: 03:00 CEST becomes 02:00 CET at 01:00Z.
  [
    'a start in the gap is the first instant after it',
    'Europe/Berlin',
    { schedule: '30 2 * * *', duration: '1h' },
    '2026-03-28T12:00Z',
    ['2026-03-29T01:00Z 2026-03-29T02:00Z', '2026-03-30T00:30Z 2026-03-30T01:30Z'],
  ],
  [
    'several starts in the gap are one',
    'Europe/Berlin',
    { schedule: '*/20 2 * * *', duration: '10m' },
    '2026-03-28T12:00Z',
    ['2026-03-29T01:00Z 2026-03-29T01:10Z', '2026-03-30T00:00Z 2026-03-30T00:10Z'],
  ],
  [
    'a window over the gap lasts its elapsed duration',
    'Europe/Berlin',
    { schedule: '0 22 * * *', duration: '6h' },
    '2026-03-28T12:00Z',
    ['2026-03-28T21:00Z 2026-03-29T03:00Z'],
  ],
  [
    'a start in the overlap is its first occurrence, once',
    'Europe/Berlin',
    { schedule: '30 2 * * *', duration: '30m' },
    '2026-10-24T12:00Z',
    ['2026-10-25T00:30Z 2026-10-25T01:00Z', '2026-10-26T01:30Z 2026-10-26T02:00Z'],
  ],
  [
    'lists and steps of hours start once in the overlap as well',
    'Europe/Berlin',
    { schedule: '0 */2 * * *', duration: '30m' },
    '2026-10-24T23:30Z',
    ['2026-10-25T00:00Z 2026-10-25T00:30Z', '2026-10-25T03:00Z 2026-10-25T03:30Z'],
  ],
  [
    'a schedule of every hour goes on in the hour that is repeated',
    'Europe/Berlin',
    { schedule: '0 * * * *', duration: '30m' },
    '2026-10-24T23:30Z',
    [
      '2026-10-25T00:00Z 2026-10-25T00:30Z',
      '2026-10-25T01:00Z 2026-10-25T01:30Z',
      '2026-10-25T02:00Z 2026-10-25T02:30Z',
    ],
  ],
  [
    'an end by cron in the gap is the first instant after it',
    'Europe/Berlin',
    { schedule: '0 22 * * *', end: '30 2 * * *' },
    '2026-03-28T12:00Z',
    ['2026-03-28T21:00Z 2026-03-29T01:00Z', '2026-03-29T20:00Z 2026-03-30T00:30Z'],
  ],
  [
    'an end by cron in the overlap is its first occurrence',
    'Europe/Berlin',
    { schedule: '0 22 * * *', end: '30 2 * * *' },
    '2026-10-24T12:00Z',
    ['2026-10-24T20:00Z 2026-10-25T00:30Z'],
  ],
  // New York, 2026-03-08: 02:00 EST becomes 03:00 EDT at 07:00Z. 2026-11-01: 02:00 EDT becomes 01:00 EST at 06:00Z.
  [
    'spring',
    'America/New_York',
    { schedule: '15 2 * * SUN', duration: '2h' },
    '2026-03-07T00:00Z',
    ['2026-03-08T07:00Z 2026-03-08T09:00Z', '2026-03-15T06:15Z 2026-03-15T08:15Z'],
  ],
  [
    'autumn',
    'America/New_York',
    { schedule: '30 1 * * *', duration: '90m' },
    '2026-10-31T12:00Z',
    ['2026-11-01T05:30Z 2026-11-01T07:00Z', '2026-11-02T06:30Z 2026-11-02T08:00Z'],
  ],
  // Lord Howe changes by half an hour. 2026-10-04: 02:00 becomes 02:30 at 15:30Z of the 3rd. 2026-04-05: 02:00 becomes 01:30 at 15:00Z of the 4th.
  [
    'a gap of 30 minutes',
    'Australia/Lord_Howe',
    { schedule: '15 2 * * *', duration: '1h' },
    '2026-10-03T00:00Z',
    ['2026-10-03T15:30Z 2026-10-03T16:30Z', '2026-10-04T15:15Z 2026-10-04T16:15Z'],
  ],
  [
    'an overlap of 30 minutes',
    'Australia/Lord_Howe',
    { schedule: '45 1 * * *', duration: '1h' },
    '2026-04-04T00:00Z',
    ['2026-04-04T14:45Z 2026-04-04T15:45Z', '2026-04-05T15:15Z 2026-04-05T16:15Z'],
  ],
  // Eucla is 8:45 ahead, Kathmandu 5:45; neither changes.
  [
    'an offset of 45 minutes',
    'Australia/Eucla',
    { schedule: '0 22 * * FRI', duration: '4h' },
    '2026-11-20T00:00Z',
    ['2026-11-20T13:15Z 2026-11-20T17:15Z'],
  ],
  [
    'another offset of 45 minutes',
    'Asia/Kathmandu',
    { schedule: '0 0 1 * *', duration: '1d' },
    '2026-11-20T00:00Z',
    ['2026-11-30T18:15Z 2026-12-01T18:15Z'],
  ],
  // Auckland, 2026-09-27: 02:00 NZST becomes 03:00 NZDT at 14:00Z of the 26th. 2026-04-05: 03:00 NZDT becomes 02:00 NZST at 14:00Z of the 4th.
  [
    'spring in the south',
    'Pacific/Auckland',
    { schedule: '30 2 * * SUN', duration: '1h' },
    '2026-09-20T00:00Z',
    ['2026-09-26T14:00Z 2026-09-26T15:00Z', '2026-10-03T13:30Z 2026-10-03T14:30Z'],
  ],
  [
    'autumn in the south',
    'Pacific/Auckland',
    { schedule: '30 2 * * SUN', duration: '1h' },
    '2026-04-01T00:00Z',
    ['2026-04-04T13:30Z 2026-04-04T14:30Z', '2026-04-11T14:30Z 2026-04-11T15:30Z'],
  ],
  [
    'no clock change at all',
    'Asia/Kolkata',
    { schedule: '30 2 * * *', duration: '1h' },
    '2026-03-28T22:00Z',
    ['2026-03-29T21:00Z 2026-03-29T22:00Z', '2026-03-30T21:00Z 2026-03-30T22:00Z'],
  ],
  // São Paulo had summer time until February 2019, which began at midnight: 2018-11-04 00:00 became 01:00 at 03:00Z.
  [
    'a midnight in the gap, under rules of then',
    'America/Sao_Paulo',
    { schedule: '0 0 * * *', duration: '2h' },
    '2018-11-03T12:00Z',
    ['2018-11-04T03:00Z 2018-11-04T05:00Z', '2018-11-05T02:00Z 2018-11-05T04:00Z'],
  ],
  [
    'the same day of a year without summer time',
    'America/Sao_Paulo',
    { schedule: '0 0 * * *', duration: '2h' },
    '2019-11-03T12:00Z',
    ['2019-11-04T03:00Z 2019-11-04T05:00Z', '2019-11-05T03:00Z 2019-11-05T05:00Z'],
  ],
  // Istanbul stayed on summer time in 2016: no change on 2016-10-30, when Berlin had one.
  [
    'a zone that stopped changing',
    'Europe/Istanbul',
    { schedule: '30 3 * * *', duration: '1h' },
    '2016-10-29T12:00Z',
    ['2016-10-30T00:30Z 2016-10-30T01:30Z', '2016-10-31T00:30Z 2016-10-31T01:30Z'],
  ],
  // Apia skipped 30 December 2011: the clocks went from the end of the 29th to the 31st at 10:00Z.
  [
    'a whole day in the gap',
    'Pacific/Apia',
    { schedule: '0 12 30 12 *', duration: '1h' },
    '2011-12-29T00:00Z',
    ['2011-12-30T10:00Z 2011-12-30T11:00Z', '2012-12-29T22:00Z 2012-12-29T23:00Z'],
  ],
];

const short = (at: Date | null): string => `${at?.toISOString().slice(0, 16)}Z`;

test.each(cases)('%s: %s %j from %s', (_what, zone, window, at, expected) => {
  const calendar = calendarOf({ timeZone: zone, windows: [window] });
  const found = nextOpenings([calendar], new Date(at), expected.length);
  expect(found.map(({ opensAt, closesAt }) => `${short(opensAt)} ${short(closesAt)}`)).toEqual(expected);
});

test('a window has a zone of its own where it says so', () => {
  const windows = [{ schedule: '0 22 * * *', duration: '1h', timeZone: 'Asia/Tokyo' }];
  const [opening] = nextOpenings(
    [calendarOf({ timeZone: 'Europe/Berlin', windows })],
    new Date('2026-11-20T00:00Z'),
    1,
  );
  expect(short(opening?.opensAt ?? null)).toBe('2026-11-20T13:00Z');
});
