import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { hasOpening } from './longest-opening.ts';

const HOUR = 3_600_000;
const lunch = calendarOf({ windows: [{ schedule: '0 12 * * *', duration: '2h' }] });
const at = (hour: number) => new Date(Date.UTC(2026, 10, 20, hour));

test.each([
  ['is as long as it is open', 8, 20, 2, true],
  ['is longer than it is open', 8, 20, 2.1, false],
  ['fits into what is left of it', 13, 20, 1, true],
  ['does not fit into what is left of it', 13, 20, 1.1, false],
  ['ends with the time that is looked at', 8, 13, 1, true],
  ['goes beyond the time that is looked at', 8, 13, 1.1, false],
  ['would be after the time that is looked at', 8, 12, 0, false],
  ['fits the day after', 20, 40, 2, true],
])('there is an opening for what %s, or there is none', (_, from, to, hours, has) => {
  expect(hasOpening([lunch], at(from), at(to), hours * HOUR)).toBe(has);
});

test('what is open in none of two calendars at once is no opening', () => {
  const night = calendarOf({ windows: [{ schedule: '0 22 * * *', duration: '2h' }] });
  expect(hasOpening([lunch, night], at(0), at(72), 1)).toBe(false);
  expect(hasOpening([], at(0), at(1), HOUR)).toBe(true);
});
