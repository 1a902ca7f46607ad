import type { AuditItem } from '../../core/ports/table.ts';
import type { History, Violation } from './history.ts';
import { StoreAt } from './store-at.ts';

/** One audit item, with the table as it is right after it. */
export interface Moment {
  readonly item: AuditItem;
  readonly store: StoreAt;
  /** When it was written, in the time of the world: the function's own clock may have been wrong. Epoch milliseconds. */
  readonly at: number;
}

/** Checks one invariant moment by moment, in the order in which the audit was written. */
export type Check = (moment: Moment) => Violation[];

/** Clocks of two functions may differ by so much without anybody being to blame. */
export const SKEW_MILLISECONDS = 60_000;

/** Runs the whole history past every check. */
export function checkHistory(history: History, checks: readonly ((history: History) => Check)[]): Violation[] {
  const store = new StoreAt();
  const begun = checks.map((check) => check(history));
  const violations: Violation[] = [];
  for (const item of history.timeline) {
    store.apply(item);
    const moment: Moment = { item, store, at: history.writtenAt(item) };
    for (const check of begun) violations.push(...check(moment));
  }
  return violations;
}
