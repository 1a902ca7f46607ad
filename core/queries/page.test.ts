import { pageOf } from './page.ts';

const items = ['c', 'a', 'e', 'b', 'd'];
const self = (item: string): string => item;

test('pages are sorted, complete and without repetition', () => {
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = pageOf(items, self, { limit: 2, after });
    seen.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('what was taken away between two pages skips nothing', () => {
  const first = pageOf(items, self, { limit: 2 });
  const later = items.filter((item) => item !== 'b');
  expect(pageOf(later, self, { limit: 2, after: first.next }).items).toEqual(['c', 'd']);
});

test.each([0, -1, 1.5, 1001, Number.NaN])('a limit of %s is refused', (limit) => {
  expect(() => pageOf(items, self, { limit })).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
});
