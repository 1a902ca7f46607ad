import { PAGE_BYTES, pageOf } from './page.ts';

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

/** The pages of these items, each as a list, for clients that ask for as many as they may have. */
function pagesOf(texts: readonly string[]): string[][] {
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page = pageOf(texts, (text) => text.slice(0, 2), { after });
    pages.push([...page.items]);
    after = page.next;
  } while (after !== undefined);
  return pages;
}
const long = (start: string, bytes: number): string => start.padEnd(bytes, 'x');

test('a page ends before it is longer than an answer may be, and the next one goes on', () => {
  const texts = ['01', '02', '03', '04', '05'].map((start) => long(start, PAGE_BYTES * 0.4));
  expect(pagesOf(texts).map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(pagesOf(texts).flat()).toEqual(texts);
});

test('an item that is longer than a page is a page of its own', () => {
  const texts = ['1', long('2', 2 * PAGE_BYTES), '3'];
  expect(pagesOf(texts)).toEqual(texts.map((text) => [text]));
});

test('the length of a page is counted in bytes and not in letters', () => {
  const texts = ['1', '2'].map((start) => start.padEnd(PAGE_BYTES * 0.4, 'ü'));
  expect(pagesOf(texts)).toEqual(texts.map((text) => [text]));
});
