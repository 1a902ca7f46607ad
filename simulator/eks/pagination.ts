import { FakeEksError } from './errors.ts';

/** One page of at most `maxResults` (1–100, 100 when absent); the token is the position, encoded. */
export function paginate<T>(
  items: readonly T[],
  { maxResults, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
): { page: T[]; nextToken?: string } {
  if (maxResults !== undefined && (maxResults < 1 || maxResults > 100)) {
    throw new FakeEksError('InvalidParameterException', 'maxResults must be between 1 and 100');
  }
  const start = nextToken === undefined ? 0 : position(nextToken);
  const end = start + (maxResults ?? 100);
  const page = items.slice(start, end);
  return end < items.length ? { page, nextToken: btoa(`position:${end}`) } : { page };
}

function position(token: string): number {
  const match = /^cG9zaXRpb246[A-Za-z0-9+/=]+$/.test(token) ? /^position:(\d+)$/.exec(atob(token)) : null;
  if (match === null) throw new FakeEksError('InvalidParameterException', 'Invalid nextToken');
  return Number(match[1]);
}
