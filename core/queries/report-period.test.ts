import { periodStart } from './report-period.ts';

const now = new Date('2026-11-20T08:00:00Z');

test.each([
  ['90d', '2026-08-22T08:00:00.000Z'],
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01T12:30:00Z', '2026-11-01T12:30:00.000Z'],
])('a report since %s begins at %s', (since, start) => {
  expect(periodStart(since, now).toISOString()).toBe(start);
});

test.each(['yesterday', '90', '2w', '2026-02-31', '2026-13-01', '2026-11-01T25:00:00Z', ''])(
  'since %p is neither a duration nor a date',
  (since) => {
    expect(() => periodStart(since, now)).toThrow(`since ${since} is neither a duration such as 90d nor a date`);
  },
);

test.each(['401d', '2025-01-01'])('since %s is not in the last 400 days', (since) => {
  expect(() => periodStart(since, now)).toThrow('is not in the last 400 days');
});

test.each(['0d', '2026-11-21'])('since %s is after the end of the period', (since) => {
  expect(() => periodStart(since, now)).toThrow(
    `since ${since} is not before the end of the period, 2026-11-20T08:00:00.000Z.`,
  );
});
