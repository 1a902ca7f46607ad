import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { clockText, localText } from './local-text.ts';

const noon = new Date('2026-11-20T12:00:00Z');
const [berlin, tokyo] = ['Europe/Berlin', 'Asia/Tokyo'].map((timeZone) => calendarOf({ timeZone }));

test('an instant is told on the clocks of the first calendar, and in UTC where there is none', () => {
  if (berlin === undefined || tokyo === undefined) throw new Error('a calendar is missing');
  expect(clockText([berlin, tokyo], noon)).toBe('2026-11-20T13:00+01:00');
  expect(clockText([tokyo, berlin], noon)).toBe('2026-11-20T21:00+09:00');
  expect(clockText([], noon)).toBe('2026-11-20T12:00:00.000Z');
  expect(clockText([calendarOf({ timeZone: 'Nowhere/Land' })], noon)).toBe('2026-11-20T12:00:00.000Z');
});

test.each([
  ['2026-11-20T12:00:00Z', '2026-11-20T13:00+01:00'],
  ['2026-11-20T12:00:30Z', '2026-11-20T13:00:30+01:00'],
])('seconds are told where there are any: %s', (at, text) => {
  if (berlin?.zone === undefined) throw new Error('the zone is missing');
  expect(localText(Date.parse(at), berlin.zone)).toBe(text);
});
