import type { CompiledCalendar } from './compile-calendar.ts';
import { DAY } from './cron/civil-day.ts';
import { nextClosedInstant, nextOpenInstant } from './openings.ts';

/**
 * The longest stretch within `days` days from `from` in which all calendars are open, in milliseconds, cut to those
 * days: a hop that takes longer can never start. 0 when they never open; of none at all it is the whole stretch.
 */
export function longestOpening(calendars: readonly CompiledCalendar[], from: Date, days: number): number {
  // Not Math.max(...): windows of every minute are half a million in a year, more than a call takes.
  return openStretches(calendars, from, days).reduce((most, [opens, closes]) => Math.max(most, closes - opens), 0);
}

/** How much of `days` days from `from` is open, in milliseconds. */
export function openTimeWithin(calendars: readonly CompiledCalendar[], from: Date, days: number): number {
  return openStretches(calendars, from, days).reduce((sum, [opens, closes]) => sum + closes - opens, 0);
}

function openStretches(
  calendars: readonly CompiledCalendar[],
  from: Date,
  days: number,
): (readonly [number, number])[] {
  const end = from.getTime() + days * DAY;
  const stretches: (readonly [number, number])[] = [];
  for (let at = from.getTime(); at < end; ) {
    const opens = nextOpenInstant(calendars, at);
    if (opens === null || opens >= end) break;
    const closes = Math.min(nextClosedInstant(calendars, opens) ?? end, end);
    stretches.push([opens, closes]);
    at = closes;
  }
  return stretches;
}
