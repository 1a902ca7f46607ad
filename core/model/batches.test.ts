import { batchesOf } from './batches.ts';

test('pieces are consecutive, and have no more than they may: by number, and by bytes of JSON together', () => {
  expect(batchesOf([], 2)).toEqual([]);
  expect(batchesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(batchesOf([10, 20, 30, 4, 50], 3, 4)).toEqual([[10, 20], [30, 4], [50]]);
  expect(batchesOf([1, 2, 3, 4], 3, 100)).toEqual([[1, 2, 3], [4]]);
  expect(batchesOf(['aa', 'が', 'a'], 3, 8)).toEqual([['aa'], ['が', 'a']]);
});

test('what is longer by itself is a piece by itself', () => {
  expect(batchesOf([1, 2000, 3, 4], 9, 3)).toEqual([[1], [2000], [3, 4]]);
});
