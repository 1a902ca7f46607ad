import { type CalendarDraft, calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { calendarStateAt } from './calendar-state.ts';
import { nextOpenings } from './next-openings.ts';

const at = (hour: number) => new Date(Date.UTC(2026, 10, 20, hour));
const window = (hour: number, hours: number): CalendarDraft => ({
  windows: [{ name: `at-${hour}`, schedule: `0 ${hour} * * *`, duration: `${hours}h` }],
});
const always: CalendarDraft = {};

test.each<[string, readonly CalendarDraft[], number, number | null]>([
  ['the one that closes first', [window(8, 12), window(12, 2)], 13, 14],
  ['whichever is named first', [window(12, 2), window(8, 12)], 13, 14],
  ['not one that never closes', [always, window(12, 2), always], 13, 14],
  ['none where none closes', [always, always], 13, null],
])('of calendars that are open it counts when one of them closes: %s', (_, drafts, hour, closes) => {
  const calendars = drafts.map((draft) => calendarOf(draft));
  const { open, closesAt } = calendarStateAt(calendars, at(hour));
  expect([open, closesAt]).toEqual([true, closes === null ? null : at(closes)]);
});

test('what begins when the last of them opens is an opening, though another one was open before', () => {
  const calendars = [calendarOf(window(8, 12)), calendarOf(window(12, 2))];
  expect(nextOpenings(calendars, at(12), 1)).toEqual([{ opensAt: at(12), closesAt: at(14), window: 'at-8' }]);
});

test('an opening after which nothing closes is the last', () => {
  const frozen = calendarOf({ freezes: [{ name: 'f', from: '2026-11-20T00:00Z', to: '2026-11-20T12:00Z' }] });
  expect(nextOpenings([frozen], at(8), 3)).toEqual([{ opensAt: at(12), closesAt: null, window: null }]);
});

const gapless = { name: 'all', schedule: '0 0 * * *', duration: '25h' };
test.each<[string, CalendarDraft, string]>([
  ['recurs without a break', { freezes: [gapless] }, 'freeze all without end; then it never opens within ten years.'],
  [
    'ends where no window opens any more',
    { ...window(22, 1), freezes: [{ name: 'nights', schedule: '0 12 * * *', duration: '12h' }] },
    'freeze nights until 2026-11-21T00:00+00:00; then it never opens within ten years.',
  ],
])('of a freeze that %s it is told that nothing opens', (_, draft, told) => {
  expect(calendarStateAt([calendarOf(draft)], at(13)).reasons).toMatchObject([
    { code: 'Frozen', message: `closed by calendar prod: ${told}` },
  ]);
});
