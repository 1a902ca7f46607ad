import fc from 'fast-check';
import { type CalendarDraft, calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { nextOpenInstant } from './openings.ts';

const HOUR = 3_600_000;
const now = Date.UTC(2026, 10, 20);
const weekly = (name: string, day: string): CalendarDraft => ({
  windows: [{ name, schedule: `0 8 * * ${day}`, duration: '6h' }],
});
const leapDay: CalendarDraft = { windows: [{ name: 'l', schedule: '0 8 29 2 *', duration: '6h' }] };
/** Schedules that meet sometimes, never, on two days that are years away, and after a freeze of many years. */
const DRAFTS: readonly (readonly CalendarDraft[])[] = [
  [weekly('a', 'MON'), { windows: [{ name: 'b', schedule: '0 9 1-14 * *', duration: '2h' }] }],
  [weekly('a', 'MON'), weekly('b', 'TUE')],
  [weekly('a', 'FRI'), leapDay],
  [weekly('a', 'WED'), leapDay],
  [weekly('a', 'FRI'), { freezes: [{ name: 'f', from: '2027-01-01T00:00Z', to: '2039-01-01T00:00Z' }] }],
];

test.each(DRAFTS.map((drafts, index) => [index, drafts] as const))(
  'calendars that were asked before answer as new ones do, in any order: %i',
  (_, drafts) => {
    const asked = drafts.map((draft) => calendarOf(draft));
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 15 * 365 * 24 * 4 }), { minLength: 1, maxLength: 6 }),
        (quarters) => {
          for (const quarter of quarters) {
            const instant = now + (quarter * HOUR) / 4;
            const fresh = drafts.map((draft) => calendarOf(draft));
            expect(nextOpenInstant(asked, instant)).toBe(nextOpenInstant(fresh, instant));
          }
        },
      ),
      { seed: 7, numRuns: 40 },
    );
  },
);

test('one calendar alone is asked for itself, whatever was found with others', () => {
  const [monday, tuesday] = [calendarOf(weekly('a', 'MON')), calendarOf(weekly('b', 'TUE'))];
  expect(nextOpenInstant([monday, tuesday], now)).toBeNull();
  expect([nextOpenInstant([monday], now), nextOpenInstant([tuesday], now)]).toEqual([
    Date.UTC(2026, 10, 23, 8),
    Date.UTC(2026, 10, 24, 8),
  ]);
});
