import type { Reason } from '../contracts/step-result.ts';
import type { CompiledCalendar } from './compile-calendar.ts';
import { freezeAt, nextClosedInstant, nextOpenInstant, windowAt } from './openings.ts';
import { closedReasons, openReason } from './state-reasons.ts';

/** Whether changes may be made at an instant, until when that stays so, and why. */
export interface CalendarState {
  readonly open: boolean;
  /** The window and the freeze that contain the instant, the first in file order; both may be set. */
  readonly window: string | null;
  readonly freeze: string | null;
  /** Closed: the next instant that is open. Null when open, and when there is none within ten years. */
  readonly opensAt: Date | null;
  /** Open: the next instant that is closed. Null when closed, and when there is none within ten years. */
  readonly closesAt: Date | null;
  /** One sentence for each calendar that is closed, or one that says through which window it is open. */
  readonly reasons: readonly Reason[];
}

/**
 * Several calendars intersect; none at all is always open. Start inclusive, end exclusive; freezes win over windows.
 *
 * The search for `opensAt` and `closesAt` ends after ten years, not counting time under a dated freeze; the first dated
 * freeze of calendars in which nothing recurs is found however far away it is. Source: semantics.md, Calendar.
 */
export function calendarStateAt(calendars: readonly CompiledCalendar[], at: Date): CalendarState {
  const instant = at.getTime();
  const open = calendars.every((calendar) => calendar.open.covers(instant));
  const opensAt = open ? null : nextOpenInstant(calendars, instant);
  const closesAt = open ? nextClosedInstant(calendars, instant) : null;
  return {
    open,
    window: windowAt(calendars, instant),
    freeze: freezeAt(calendars, instant),
    opensAt: dateOf(opensAt),
    closesAt: dateOf(closesAt),
    reasons: open ? openReason(calendars, instant, closesAt) : closedReasons(calendars, instant, opensAt),
  };
}

const dateOf = (instant: number | null): Date | null => (instant === null ? null : new Date(instant));
