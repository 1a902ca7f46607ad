import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { calendarStateAt } from './calendar-state.ts';
import { nextOpenings } from './next-openings.ts';

const short = (at: Date | null): string => at?.toISOString().slice(8, 16) ?? 'never';

/** The openings of a window from 20 November 2026 on, or from another time, as days and times in UTC. */
function openings(schedule: string, end: string, count: number, { timeZone = 'UTC', at = '2026-11-20T00:00Z' } = {}) {
  const calendar = calendarOf({ timeZone, windows: [{ schedule, end }] });
  return nextOpenings([calendar], new Date(at), count).map(
    ({ opensAt, closesAt }) => `${short(opensAt)} ${short(closesAt)}`,
  );
}

// 20 November 2026 is a Friday.
test.each<[string, string, string, readonly string[]]>([
  ['starts after midnight ends in the morning', '0 1 * * *', '0 6 * * *', ['20T01:00 20T06:00', '21T01:00 21T06:00']],
  ['starts in the evening ends on the next day', '0 22 * * *', '0 6 * * *', ['20T22:00 21T06:00', '21T22:00 22T06:00']],
  ['starts on Fridays ends on Mondays', '0 18 * * FRI', '0 6 * * MON', ['20T18:00 23T06:00', '27T18:00 30T06:00']],
  ['starts again before it ends goes on', '0 8,9,10 * * *', '0 18 * * *', ['20T08:00 20T18:00', '21T08:00 21T18:00']],
  ['ends again ends once', '0 8 * * *', '0 12,14,18 * * *', ['20T08:00 20T12:00', '21T08:00 21T12:00']],
  ['starts twice a day ends twice', '0 8,14 * * *', '0 12,18 * * *', ['20T08:00 20T12:00', '20T14:00 20T18:00']],
  ['starts as it ends goes on', '0 8,12 * * *', '0 12,14 * * *', ['20T08:00 20T14:00', '21T08:00 21T14:00']],
  ['starts as it would end', '0 8 * * *', '0 8,10 * * *', ['20T08:00 20T10:00', '21T08:00 21T10:00']],
  ['starts minute after minute', '0-15 * * * *', '30 * * * *', ['20T00:00 20T00:30', '20T01:00 20T01:30']],
  ['ends minute after minute', '0 * * * *', '15-30 * * * *', ['20T00:00 20T00:15', '20T01:00 20T01:15']],
  ['starts and ends in turn', '*/2 * * * *', '1-59/2 * * * *', ['20T00:00 20T00:01', '20T00:02 20T00:03']],
])('a window that %s: %s to %s', (_, schedule, end, expected) => {
  expect(openings(schedule, end, 2)).toEqual(expected);
});

// Berlin, 2026-03-29: 02:00 becomes 03:00 at 01:00Z. 2026-10-25: 03:00 becomes 02:00 at 01:00Z.
test.each<[string, string, string, string, readonly string[]]>([
  [
    'ends and starts that the clocks skip come at once, and then what starts goes on',
    '0 1,2,3 * * *',
    '30 1,2,3 * * *',
    '2026-03-28T23:00Z',
    ['29T00:00 29T00:30', '29T01:00 29T01:30', '29T23:00 29T23:30'],
  ],
  [
    'what starts and ends once a day does so at the first of two equal times',
    '0 2,3 * * *',
    '30 2,3 * * *',
    '2026-10-24T23:00Z',
    ['25T00:00 25T00:30', '25T02:00 25T02:30', '26T01:00 26T01:30'],
  ],
  [
    'what starts and ends every hour does so in the repeated one as well',
    '0,30 * * * *',
    '15,45 * * * *',
    '2026-10-25T00:00Z',
    ['25T00:00 25T00:15', '25T00:30 25T00:45', '25T01:00 25T01:15', '25T01:30 25T01:45', '25T02:00 25T02:15'],
  ],
])('where the clocks change, %s', (_, schedule, end, at, expected) => {
  expect(openings(schedule, end, expected.length, { timeZone: 'Europe/Berlin', at })).toEqual(expected);
});

test('what starts every minute and ends at the start of one never closes', () => {
  const calendar = calendarOf({ windows: [{ name: 'w', schedule: '* * * * *', end: '0 0 * * *' }] });
  for (const at of ['2026-11-20T00:00Z', '2026-11-20T12:00Z'])
    expect(calendarStateAt([calendar], new Date(at))).toMatchObject({ open: true, window: 'w', closesAt: null });
});

test.each([
  ['began', '2026-11-20T01:00Z', '2026-11-20T05:00Z'],
  ['began and ends', '2026-11-20T01:00Z', '2026-11-20T06:00Z'],
])('what %s before a stretch ends is listed until its end', (_, from, to) => {
  const { windows } = calendarOf({ windows: [{ schedule: '0 4 * * *', end: '0 6 * * *' }] });
  const listed = windows[0]?.spansIn(Date.parse(from), Date.parse(to)).filter((span) => span.to > Date.parse(from));
  expect(listed).toEqual([{ from: Date.parse('2026-11-20T04:00Z'), to: Date.parse(to) }]);
});
