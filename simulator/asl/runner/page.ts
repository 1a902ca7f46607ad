import type { Page } from './requests.ts';

const defaultResults = 100;
const maximumResults = 1_000;

/** Cuts a page out of a list; the token is the position the next page starts at. */
export function cutPage<T>(items: readonly T[], page: Page): { items: readonly T[]; nextToken?: string } {
  const start = page.nextToken === undefined ? 0 : Number(page.nextToken);
  const size = Math.min(page.maxResults || defaultResults, maximumResults);
  const end = start + size;
  return { items: items.slice(start, end), ...(end < items.length ? { nextToken: String(end) } : {}) };
}
