import { wrapped } from './render-text.ts';

test('a cause is told in whole, in lines of whole words as wide as the terminal', () => {
  const text = 'PodEvictionFailure: Reached max retries while trying to evict pods from nodes in node group workers.';
  expect(wrapped(text, '    ', 50)).toEqual([
    '    PodEvictionFailure: Reached max retries while',
    '      trying to evict pods from nodes in node',
    '      group workers.',
  ]);
  expect(
    wrapped(text, '    ', 50)
      .map((line) => line.trim())
      .join(' '),
  ).toBe(text);
});

test('a word that is longer than a line is not cut', () => {
  const arn = 'arn:aws:iam::000000000000:role/liftlock-discover-clusters';
  expect(wrapped(`No: ${arn} may not`, '', 20)).toEqual(['No:', `  ${arn}`, '  may not']);
});
