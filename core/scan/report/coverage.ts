import type { Coverage } from './report-schema.ts';
import { isGap } from './verdict.ts';

/** Something that was read, and how much. */
export const readOf = (what: string, source: Coverage['source'], count: number, detail = ''): Coverage => {
  return { what, source, status: 'read', detail, count };
};

/** Something that was not read, and why: refused, failed, or left out on purpose. */
export const unreadOf = (
  what: string,
  source: Coverage['source'],
  status: Exclude<Coverage['status'], 'read'>,
  detail: string,
): Coverage => ({ what, source, status, detail, count: 0 });

/** Sources that AWS answers: each is asked by itself, and rests on nothing that the API server tells. */
const OF_AWS: readonly string[] = ['eks', 'insight', 'capacity'];

/**
 * Whether something with findings of these sources may be there still, though a report does not name it: what would show it was not read. Lists of
 * objects, and what the API server tells of itself, show most of what is not AWS's. `sources` undefined: nobody knows.
 */
export function mayBeUnread(
  { coverage }: { readonly coverage: readonly Coverage[] },
  sources?: readonly string[],
): boolean {
  const gaps = coverage.filter(isGap);
  const read = new Set(coverage.flatMap(({ source, status }) => (status === 'read' ? source : [])));
  // Of a cluster of which nothing was read nothing is known, whatever was asked for first.
  if (gaps.length === 0 || sources === undefined || sources.length === 0 || read.size === 0) return gaps.length > 0;
  // That the drains were judged means that each of their lists was read.
  const isOfLists = (one: string): boolean => !OF_AWS.includes(one) && !(one === 'drain' && read.has('drain'));
  return gaps.some(({ source }) => {
    if (source === null) return true;
    return source === 'object' || source === 'server' ? sources.some(isOfLists) : sources.includes(source);
  });
}
