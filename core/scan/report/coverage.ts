import type { Coverage } from './report-schema.ts';

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
