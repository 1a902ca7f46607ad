import type { CompiledCalendar } from './compile-calendar.ts';
import { nameAt, nextClosedInstant, nextOpenInstant } from './openings.ts';

/** A span in which all calendars are open. */
export interface Opening {
  readonly opensAt: Date;
  /** The first instant that is closed again; null when there is none within ten years. */
  readonly closesAt: Date | null;
  /** The first window in file order that contains `opensAt`; null where the calendars have no windows. */
  readonly window: string | null;
}

/**
 * The next `count` openings that begin at or after `at`. An opening that has begun before `at` is not among them (`calendarStateAt` returns it).
 * There are fewer when no more begin within ten years.
 */
export function nextOpenings(calendars: readonly CompiledCalendar[], at: Date, count: number): Opening[] {
  const openings: Opening[] = [];
  let from: number | null = at.getTime();
  // An opening that covers the instant before `at` began earlier, so it is skipped.
  if (calendars.every(({ open }) => open.covers(at.getTime() - 1))) from = nextClosedInstant(calendars, from);
  while (from !== null && openings.length < count) {
    const opensAt = nextOpenInstant(calendars, from);
    if (opensAt === null) break;
    const closesAt = nextClosedInstant(calendars, opensAt);
    openings.push({
      opensAt: new Date(opensAt),
      closesAt: closesAt === null ? null : new Date(closesAt),
      window: nameAt('windows', calendars, opensAt),
    });
    from = closesAt;
  }
  return openings;
}
