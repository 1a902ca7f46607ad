import type { AuditItem } from '../ports/table.ts';
import type { AuditedWrite } from './audit.ts';
import { newestWrites } from './newest-writes.ts';

const put = (sk: string, revision: number): AuditedWrite => ({
  pk: 'p',
  sk,
  kind: 'k',
  active: false,
  revision,
  data: { revision },
});
const removal = (sk: string, revision: number): AuditedWrite => ({ pk: 'p', sk, removed: true, revision });
const audit = (...writes: AuditedWrite[]): AuditItem[] =>
  writes.map((write) => ({ detail: { writes: [write] } }) as unknown as AuditItem);

test.each([
  ['the newer revision wins', [put('a', 1), put('a', 3), put('a', 2)], [{ item: put('a', 3), renewed: false }]],
  ['what was removed is removed', [put('a', 1), removal('a', 2)], [{ item: removal('a', 2), renewed: false }]],
  [
    'what is written anew is there again, with its own revisions',
    [put('a', 4), removal('a', 5), put('a', 1), put('a', 2)],
    [{ item: put('a', 2), renewed: true }],
  ],
  [
    'what was removed twice is removed',
    [removal('a', 5), put('a', 1), removal('a', 2)],
    [{ item: removal('a', 2), renewed: true }],
  ],
  [
    'other items are theirs',
    [put('a', 1), put('b', 1)],
    [
      { item: put('a', 1), renewed: false },
      { item: put('b', 1), renewed: false },
    ],
  ],
])('%s', (_, writes, expected) => {
  expect(newestWrites(audit(...writes))).toEqual(expected);
});
