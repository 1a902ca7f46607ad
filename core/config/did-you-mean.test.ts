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
