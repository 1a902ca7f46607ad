import type { Coverage } from './report-schema.ts';

/** What was read of something, and how much. */
export const readOf = (what: string, source: Coverage['source'], count: number, detail = ''): Coverage => {
  return { what, source, status: 'read', detail, count };
};

/** What was not read of something, and why: refused, failed, or left out on purpose. */
export const unreadOf = (
  what: string,
  source: Coverage['source'],
  status: Exclude<Coverage['status'], 'read'>,
  detail: string,
): Coverage => ({ what, source, status, detail, count: 0 });
