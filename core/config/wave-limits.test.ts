import { concurrencyLimit, failureLimit } from './wave-limits.ts';

test.each([
  [3, 10, 3],
  [3, 1, 3],
  ['25%', 3, 1],
  ['25%', 8, 2],
  ['25%', 11, 2],
  ['29%', 100, 29],
  ['100%', 7, 7],
  ['1%', 0, 1],
])('a concurrency of %s in a wave of %s is %s: rounded down, at least 1', (maxConcurrency, members, limit) => {
  expect(concurrencyLimit({ maxConcurrency }, members)).toBe(limit);
});

test.each([
  [0, 10, 0],
  [2, 1, 2],
  ['10%', 9, 0],
  ['10%', 10, 1],
  ['10%', 19, 1],
  ['29%', 100, 29],
  ['0%', 100, 0],
])('a budget of %s in a wave of %s allows %s failures: rounded down', (maxFailures, members, limit) => {
  expect(failureLimit({ failureBudget: { maxFailures } }, members)).toBe(limit);
});
