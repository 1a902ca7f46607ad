import type { CompiledCalendar } from './compile-calendar.ts';
import { nameAt, nextClosedInstant, nextOpenInstant } from './openings.ts';

/** A stretch in which all calendars are open. */
export interface Opening {
  readonly opensAt: Date;
  /** The first instant that is closed again; null when there is none within ten years. */
  readonly closesAt: Date | null;
  /** The window that contains `opensAt`, the first in file order; null where no window is asked for. */
  readonly window: string | null;
}

/**
 * The next `count` openings that begin at or after `at`; one that is under way at `at` is not among them
 * (`calendarStateAt` tells of it). Fewer when there are no more within ten years.
 */
export function nextOpenings(calendars: readonly CompiledCalendar[], at: Date, count: number): Opening[] {
  const openings: Opening[] = [];
  let from: number | null = at.getTime();
  // What is open right before `at` goes on: its beginning lies behind.
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
