import type { CompiledCalendar } from './compile-calendar.ts';
import { DAY } from './cron/civil-day.ts';
import { nextClosedInstant, nextOpenInstant } from './openings.ts';

/**
 * The longest time within `days` days from `from` in which all calendars are open, in milliseconds, cut to those days. A hop that takes longer can
 * never start. It is 0 when they never open together, and all of these days without a calendar.
 */
export function longestOpening(calendars: readonly CompiledCalendar[], from: Date, days: number): number {
  let most = 0;
  for (const [opens, closes] of openStretches(calendars, from, endOf(from, days)))
    most = Math.max(most, closes - opens);
  return most;
}

/** How long all calendars are open within `days` days from `from`, in milliseconds. */
export function openTimeWithin(calendars: readonly CompiledCalendar[], from: Date, days: number): number {
  let sum = 0;
  for (const [opens, closes] of openStretches(calendars, from, endOf(from, days))) sum += closes - opens;
  return sum;
}

/** Whether all calendars are open for `least` milliseconds without a break in `[from, to)`. */
export function hasOpening(calendars: readonly CompiledCalendar[], from: Date, to: Date, least: number): boolean {
  for (const [opens, closes] of openStretches(calendars, from, to.getTime())) if (closes - opens >= least) return true;
  return false;
}

const endOf = (from: Date, days: number): number => from.getTime() + days * DAY;

function* openStretches(
  calendars: readonly CompiledCalendar[],
  from: Date,
  end: number,
): Generator<readonly [number, number]> {
  for (let at = from.getTime(); at < end; ) {
    const opens = nextOpenInstant(calendars, at);
    if (opens === null || opens >= end) break;
    const closes = Math.min(nextClosedInstant(calendars, opens) ?? end, end);
    yield [opens, closes];
    at = closes;
  }
}
