import { FakeEksError } from './errors.ts';

/** One page of at most `maxResults` items, 100 when absent; the token is the position, encoded. */
export function paginate<T>(
  items: readonly T[],
  { maxResults = 100, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
): { page: T[]; nextToken?: string } {
  const start = nextToken === undefined ? 0 : position(nextToken);
  const end = start + maxResults;
  const page = items.slice(start, end);
  return end < items.length ? { page, nextToken: btoa(`position:${end}`) } : { page };
}

function position(token: string): number {
  const [, digits] = /^position:(\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (digits === undefined) throw new FakeEksError('InvalidParameterException', 'Invalid nextToken');
  return Number(digits);
}
