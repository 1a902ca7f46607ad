import type { CompiledCalendar } from './compile-calendar.ts';
import { DAY } from './cron/civil-day.ts';
import { nextClosedInstant, nextOpenInstant } from './openings.ts';

/**
 * The longest stretch within `days` days from `from` in which all calendars are open, in milliseconds, cut to those
 * days: a hop that takes longer can never start. 0 when they never open; of none at all it is the whole stretch.
 */
export function longestOpening(calendars: readonly CompiledCalendar[], from: Date, days: number): number {
  let most = 0;
  for (const [opens, closes] of openStretches(calendars, from, endOf(from, days)))
    most = Math.max(most, closes - opens);
  return most;
}

/** How much of `days` days from `from` is open, in milliseconds. */
export function openTimeWithin(calendars: readonly CompiledCalendar[], from: Date, days: number): number {
  let sum = 0;
  for (const [opens, closes] of openStretches(calendars, from, endOf(from, days))) sum += closes - opens;
  return sum;
}

/** Whether all calendars are open for so many milliseconds on end at any time in `[from, to)`. */
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
