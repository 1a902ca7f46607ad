import type { StoredItem } from '../ports/table.ts';
import { ScanRuns } from '../store/scan-entities.ts';
import { keepNewest } from './restore.ts';

const put = (sk: string, revision: number): StoredItem => ({
  pk: 'p',
  sk,
  kind: 'k',
  active: false,
  revision,
  data: { revision },
});
const newestOf = (...details: readonly Record<string, unknown>[]): StoredItem[] => {
  const newest = new Map<string, StoredItem>();
  for (const detail of details) keepNewest(newest, { detail });
  return [...newest.values()];
};

test.each([
  ['the newer revision wins', [put('a', 1), put('a', 3), put('a', 2)], [put('a', 3)]],
  [
    'of two with one revision the first stays',
    [{ ...put('a', 1), kind: 'first' }, put('a', 1)],
    [{ ...put('a', 1), kind: 'first' }],
  ],
  ['an older one after it changes nothing', [put('a', 2), put('a', 1)], [put('a', 2)]],
  ['what expires is not brought back', [{ ...put('a', 1), kind: ScanRuns.kind }], []],
  ['other items are theirs', [put('a', 1), put('b', 1)], [put('a', 1), put('b', 1)]],
])('%s', (_, writes, expected) => {
  expect(newestOf(...writes.map((write) => ({ writes: [write] })))).toEqual(expected);
});

test('an entry without writes tells of nothing', () => {
  expect(newestOf({ why: 'asked' })).toEqual([]);
});
