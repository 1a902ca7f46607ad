import { durationMilliseconds, writtenDuration } from './duration.ts';

const HOUR = 3_600_000;

test.each([
  ['45s', 45_000],
  ['10m', HOUR / 6],
  ['6h', 6 * HOUR],
  ['2d', 48 * HOUR],
  ['1d2h3m4s', 93_784_000],
  ['11d18h', 282 * HOUR],
])('%s is written for so many milliseconds, and read back', (text, milliseconds) => {
  expect(durationMilliseconds(text)).toBe(milliseconds);
  expect(writtenDuration(milliseconds)).toBe(text);
});

test.each([
  ['minutes beyond the hour', '90m', 1.5 * HOUR],
  ['hours beyond the day', '36h', 36 * HOUR],
  ['seconds beyond the minute', '120s', 120_000],
])('what is said in %s is read as it is', (_, text, milliseconds) => {
  expect(durationMilliseconds(text)).toBe(milliseconds);
});

test('what is no whole second is written as the next one', () => {
  expect(writtenDuration(1)).toBe('1s');
  expect(writtenDuration(59_001)).toBe('1m');
});
