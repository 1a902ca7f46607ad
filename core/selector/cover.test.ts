import fc from 'fast-check';
import { covers, isSatisfiable } from './cover.ts';
import { type LabelSelector, labelOperators } from './label-selector.ts';
import { matchSelector } from './match.ts';

const empty: LabelSelector = { matchLabels: {}, matchExpressions: [] };
const prod: LabelSelector = { ...empty, matchLabels: { env: 'prod' } };
const prodEast: LabelSelector = { ...empty, matchLabels: { env: 'prod', region: 'east' } };
const hasEnv: LabelSelector = { ...empty, matchExpressions: [{ key: 'env', operator: 'Exists', values: [] }] };
const notDev: LabelSelector = { ...empty, matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['dev'] }] };

test.each([
  ['everything covers prod', empty, prod, true],
  ['prod does not cover everything', prod, empty, false],
  ['prod covers prod', prod, prod, true],
  ['prod covers prod in the east', prod, prodEast, true],
  ['prod in the east does not cover prod', prodEast, prod, false],
  ['having env covers prod', hasEnv, prod, true],
  ['not dev covers prod', notDev, prod, true],
  ['not dev does not cover having env', notDev, hasEnv, false],
  ['having env does not cover not dev, which may be absent', hasEnv, notDev, false],
])('%s: %s', (_, wide, narrow, expected) => {
  expect(covers(wide, narrow)).toBe(expected);
});

test('a selector that contradicts itself can never match', () => {
  const contradiction: LabelSelector = {
    matchLabels: { env: 'prod' },
    matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['prod', 'dev'] }],
  };
  expect(isSatisfiable(contradiction)).toBe(false);
  expect(isSatisfiable(notDev)).toBe(true);
});

// Two keys, three named values and one that no selector names make every case.
const values = ['a', 'b', 'c', 'elsewhere'];
const universe = [undefined, ...values].flatMap((k1) =>
  [undefined, ...values].map((k2) => ({
    ...(k1 !== undefined && { k1 }),
    ...(k2 !== undefined && { k2 }),
  })),
);
const requirement = fc.record({
  key: fc.constantFrom('k1', 'k2'),
  operator: fc.constantFrom(...labelOperators),
  values: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
});
const anySelector = fc.record({
  matchLabels: fc.constant({}),
  matchExpressions: fc.array(requirement, { maxLength: 4 }),
});

test('covers and isSatisfiable agree with trying every set of labels', () => {
  fc.assert(
    fc.property(anySelector, anySelector, (wide, narrow) => {
      const matched = universe.filter((labels) => matchSelector(narrow, labels).matches);
      expect(isSatisfiable(narrow)).toBe(matched.length > 0);
      expect(covers(wide, narrow)).toBe(matched.every((labels) => matchSelector(wide, labels).matches));
    }),
    { numRuns: 1000 },
  );
});
