import type { RequestInfo } from '../server/request-info.ts';
import type { Aim } from './aim.ts';

/** 410 for one page of a list, once: etcd was compacted between two pages. Its token continues with the present state. */
export interface ExpiredPage extends Omit<Aim, 'skip'> {
  kind: 'expired-page';
  /** 2 is the first page that has a `continue`; there is no 410 for page 1. */
  page: number;
  /** Pages that were requested since the beginning of a list; counted here. */
  read?: number;
}

/** Counts pages of the last begun list; the page that is reached uses the fault up. */
export function isPageReached(fault: ExpiredPage, { attributes }: RequestInfo, query: URLSearchParams): boolean {
  if (attributes.verb !== 'list') return false;
  const begins = (query.get('continue') ?? '') === '';
  fault.read = begins ? 1 : (fault.read ?? 1) + 1;
  if (begins || fault.read !== fault.page) return false;
  fault.times = (fault.times ?? 1) - 1;
  return true;
}
