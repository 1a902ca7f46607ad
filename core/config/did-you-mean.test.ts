import { didYouMean } from './did-you-mean.ts';

const fields = ['maxConcurrency', 'failureBudget', 'selector', 'waves', 'smoke'];

test.each([
  ['maxConcurency', 'maxConcurrency'],
  ['max_concurrency', 'maxConcurrency'],
  ['MAXCONCURRENCY', 'maxConcurrency'],
  ['failurebudgets', 'failureBudget'],
  ['wvaes', 'waves'],
  ['selectors', 'selector'],
])('%s means %s', (text, meant) => {
  expect(didYouMean(text, fields)).toBe(meant);
});

test.each(['deadline', 'soak', 'bake', 'x', ''])('%j means none of them', (text) => {
  expect(didYouMean(text, fields)).toBeUndefined();
});

test('of two that are near, the nearer one', () => {
  expect(didYouMean('waves', ['wave', 'waves'])).toBe('waves');
});

test.each([
  ['abcdefghijkl', ['badcfeghijkl', 'abcdefghijXYZW'], 'badcfeghijkl'],
  ['prod-0042', ['dev-0042', 'prod-0024', 'prod-0043'], 'prod-0024'],
  ['abc', ['xbc', 'abx'], 'xbc'],
  ['abcdef', ['uvabcdef', 'abcd'], 'uvabcdef'],
  ['abcdef', ['uvwabcdef', 'abc'], undefined],
  ['abcdef', ['fedcba'], undefined],
])('of long names only near ones are counted: %s of %j', (text, names, meant) => {
  expect(didYouMean(text, names)).toBe(meant);
});

test('the first of ten thousand names that are equally near is meant, and none beyond the most mistakes', () => {
  const names = Array.from(
    { length: 10_000 },
    (_, index) => `${'team-a-'.repeat(12)}${String(index).padStart(9, '0')}`,
  );
  expect(didYouMean(`${'team-a-'.repeat(12)}0000x0042`, names)).toBe(names[42]);
  expect(didYouMean(`${'team-b-'.repeat(12)}000000042`, names, 2)).toBeUndefined();
});
