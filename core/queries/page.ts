import { compareTexts } from '../model/compare-texts.ts';
import { invalidInput } from './refusal.ts';

/** One page of a list that is sorted by id. `next` is the id to go on after; absent on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

export interface PageRequest {
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}

export const PAGE_LIMIT = 1000;
/**
 * A page ends at this much JSON, or after its first item. A Lambda answer may have six megabytes, and the page is a text in it, where each quotation
 * mark takes one byte more.
 */
export const PAGE_BYTES = 4_000_000;

/** A page of items as they are sent. Ids sort as text and do not change when the list does, so no item that stays is skipped or listed twice. */
export const pageOf = <Item>(items: readonly Item[], idOf: (item: Item) => string, request: PageRequest): Page<Item> =>
  shortened(pageByNumber(items, idOf, request), idOf);

/** A page that ends by the number of its items alone, for whoever sends other items made of them and shortens the page of those. */
export function pageByNumber<Item>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  request: PageRequest,
): Page<Item> {
  const { limit = PAGE_LIMIT, after } = request;
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_LIMIT)
    throw invalidInput(`limit is ${limit}; it is a whole number from 1 to ${PAGE_LIMIT}.`);
  const sorted = items.map((item) => ({ item, id: idOf(item) })).sort((a, b) => compareTexts(a.id, b.id));
  const rest = after === undefined ? sorted : sorted.filter(({ id }) => compareTexts(id, after) > 0);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const more = rest.length > page.length && last !== undefined ? { next: last.id } : {};
  return { items: page.map(({ item }) => item), ...more };
}

/** The page, ended at `PAGE_BYTES`. */
export function shortened<Item>(page: Page<Item>, idOf: (item: Item) => string): Page<Item> {
  const encoder = new TextEncoder();
  const items: Item[] = [];
  let bytes = 0;
  for (const item of page.items) {
    bytes += encoder.encode(JSON.stringify(item)).length;
    const last = items.at(-1);
    if (last !== undefined && bytes > PAGE_BYTES) return { items, next: idOf(last) };
    items.push(item);
  }
  return page;
}
