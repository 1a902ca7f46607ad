import { newestWrites } from '../operations/restore.ts';
import type { AuditItem, StoredItem } from '../ports/table.ts';

const put = (sk: string, revision: number): StoredItem => ({
  pk: 'p',
  sk,
  kind: 'k',
  active: false,
  revision,
  data: { revision },
});
const audit = (...writes: StoredItem[]): AuditItem[] =>
  writes.map((write) => ({ detail: { writes: [write] } }) as unknown as AuditItem);

test.each([
  ['the newer revision wins', [put('a', 1), put('a', 3), put('a', 2)], [put('a', 3)]],
  [
    'of two with one revision the first stays',
    [{ ...put('a', 1), kind: 'first' }, put('a', 1)],
    [{ ...put('a', 1), kind: 'first' }],
  ],
  ['an older one after it changes nothing', [put('a', 2), put('a', 1)], [put('a', 2)]],
  ['other items are theirs', [put('a', 1), put('b', 1)], [put('a', 1), put('b', 1)]],
])('%s', (_, writes, expected) => {
  expect(newestWrites(audit(...writes))).toEqual(expected);
});

test('an entry without writes tells of nothing', () => {
  expect(newestWrites([{ detail: { why: 'asked' } } as unknown as AuditItem])).toEqual([]);
});
