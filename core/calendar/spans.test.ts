import { clipped, merged, placeOf, type Span, without } from './spans.ts';

type Pairs = readonly (readonly [from: number, to: number])[];
const spansOf = (pairs: Pairs): Span[] => pairs.map(([from, to]) => ({ from, to }));

test.each<[string, Pairs, Pairs]>([
  [
    'apart stay apart',
    [
      [1, 2],
      [3, 4],
    ],
    [
      [1, 2],
      [3, 4],
    ],
  ],
  [
    'that touch are one',
    [
      [1, 2],
      [2, 4],
    ],
    [[1, 4]],
  ],
  [
    'that overlap are one',
    [
      [1, 3],
      [2, 4],
    ],
    [[1, 4]],
  ],
  [
    'within others are gone',
    [
      [1, 9],
      [2, 4],
      [5, 9],
    ],
    [[1, 9]],
  ],
  [
    'in any order come in order',
    [
      [7, 8],
      [1, 2],
      [4, 6],
      [2, 3],
    ],
    [
      [1, 3],
      [4, 6],
      [7, 8],
    ],
  ],
  [
    'before 1970 are like any other',
    [
      [-5, -4],
      [-9, -8],
    ],
    [
      [-9, -8],
      [-5, -4],
    ],
  ],
  ['that are none are none', [], []],
])('of a union those %s', (_, given, expected) => {
  const spans = Object.freeze(spansOf(given).map((span) => Object.freeze(span)));
  expect(merged(spans)).toStrictEqual(spansOf(expected));
});

test.each<[string, Pairs, Pairs]>([
  [
    'within it',
    [
      [11, 12],
      [13, 20],
    ],
    [
      [11, 12],
      [13, 20],
    ],
  ],
  ['that begins before it', [[5, 12]], [[10, 12]]],
  ['that ends after it', [[15, 25]], [[15, 20]]],
  ['around it', [[5, 25]], [[10, 20]]],
  ['that ends as it begins', [[5, 10]], []],
  ['that begins as it ends', [[20, 25]], []],
  [
    'before and after it',
    [
      [1, 2],
      [30, 31],
    ],
    [],
  ],
])('of a stretch that is cut out there is left what lies in it: of what is %s', (_, given, expected) => {
  expect(clipped(spansOf(given), 10, 20)).toStrictEqual(spansOf(expected));
});

test.each<[string, Pairs, Pairs, Pairs]>([
  ['nothing taken away', [[1, 5]], [], [[1, 5]]],
  ['the beginning taken away', [[1, 5]], [[0, 2]], [[2, 5]]],
  ['the end taken away', [[1, 5]], [[4, 6]], [[1, 4]]],
  [
    'the middle taken away',
    [[1, 5]],
    [[2, 3]],
    [
      [1, 2],
      [3, 5],
    ],
  ],
  [
    'two pieces taken away',
    [[1, 9]],
    [
      [2, 3],
      [5, 6],
    ],
    [
      [1, 2],
      [3, 5],
      [6, 9],
    ],
  ],
  [
    'all of it taken away',
    [
      [1, 5],
      [6, 7],
    ],
    [[0, 9]],
    [],
  ],
  ['just it taken away', [[1, 5]], [[1, 5]], []],
  [
    'what touches it taken away',
    [[1, 5]],
    [
      [0, 1],
      [5, 6],
    ],
    [[1, 5]],
  ],
  [
    'one piece taken from two',
    [
      [1, 5],
      [6, 9],
    ],
    [[4, 7]],
    [
      [1, 4],
      [7, 9],
    ],
  ],
  [
    'pieces taken from each',
    [
      [1, 3],
      [4, 6],
      [7, 9],
    ],
    [
      [0, 2],
      [5, 8],
    ],
    [
      [2, 3],
      [4, 5],
      [8, 9],
    ],
  ],
])('of spans there is left what no other has: %s', (_, given, others, expected) => {
  expect(without(spansOf(given), spansOf(others))).toStrictEqual(spansOf(expected));
});

test.each([
  [0, 0],
  [1, 0],
  [2, 1],
  [3, 1],
  [5, 1],
  [6, 2],
  [8, 2],
  [9, 3],
])('at %i the place is that of the first one which ends later: %i', (instant, place) => {
  expect(
    placeOf(
      spansOf([
        [1, 2],
        [4, 6],
        [7, 9],
      ]),
      instant,
    ),
  ).toBe(place);
  expect(placeOf([], instant)).toBe(0);
});
