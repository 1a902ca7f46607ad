import { sizesOf } from './check-shape.ts';

const file = (path: string, lines: number) => ({ path, text: '//\n'.repeat(lines) });

test('the median and 90th percentile are those of source files: no tests, no data', () => {
  const sources = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((lines) => file(`core/a/f${lines}.ts`, lines));
  const others = [file('core/a/b.test.ts', 399), file('schemas/a.json', 9000)];
  expect(sizesOf([...sources, ...others])).toEqual({ count: 10, median: 50, p90: 90 });
});

test('an empty tree has no sizes', () => {
  expect(sizesOf([])).toEqual({ count: 0, median: 0, p90: 0 });
});
