import { calendarStateAt } from '../../../core/calendar/calendar-state.ts';
import type { CompiledCalendar } from '../../../core/calendar/compile-calendar.ts';

/** A calendar, and the same without its windows: what that has closed is frozen. */
export interface ShownCalendar {
  readonly open: CompiledCalendar;
  readonly freezes: CompiledCalendar;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When at least one of the calendars is closed between two instants; undefined where that changes too often to be drawn. */
export function closedSpans(
  calendars: readonly CompiledCalendar[],
  from: number,
  to: number,
  most: number,
): readonly Span[] | undefined {
  const spans: Span[] = [];
  let at: number | undefined = from;
  for (let steps = 0; at !== undefined && at < to; steps += 1) {
    if (steps > most * 2) return undefined;
    const { open, opensAt, closesAt } = calendarStateAt(calendars, new Date(at));
    if (open) {
      at = closesAt?.getTime();
      continue;
    }
    const end = Math.min(opensAt?.getTime() ?? to, to);
    spans.push({ from: at, to: end });
    at = end;
  }
  return spans;
}
