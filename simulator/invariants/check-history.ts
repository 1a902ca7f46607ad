import type { AuditItem } from '../../core/ports/table.ts';
import type { History, Violation } from './history.ts';
import { StoreAt } from './store-at.ts';

/** One audit item, with the table right after it. */
export interface Moment {
  readonly item: AuditItem;
  readonly store: StoreAt;
  /** The time of the write in the time of the world, because the function's own clock may have been wrong. Epoch milliseconds. */
  readonly at: number;
}

/** Checks one invariant at each moment, in the order of the audit. */
export type Check = (moment: Moment) => Violation[];

/** The clocks of two functions may differ by this much without a fault. */
export const SKEW_MILLISECONDS = 60_000;

/** Passes the whole history to every check. */
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
