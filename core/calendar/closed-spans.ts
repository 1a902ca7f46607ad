import { calendarStateAt } from './calendar-state.ts';
import type { CompiledCalendar } from './compile-calendar.ts';
import type { Span } from './spans.ts';

/** More shaded spans than this would fill the whole chart. */
const MOST_SPANS = 250;

/** When at least one of the calendars is closed between two instants; undefined where that changes too often to be drawn. */
export function closedSpans(calendars: readonly CompiledCalendar[], { from, to }: Span): readonly Span[] | undefined {
  const spans: Span[] = [];
  let at: number | undefined = from;
  for (let steps = 0; at !== undefined && at < to; steps += 1) {
    if (steps > MOST_SPANS * 2) return undefined;
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

export interface FrozenSpan extends Span {
  readonly freeze: string;
  readonly reason: string | undefined;
}

/** The freezes of the calendars between two instants, each with its name; empty where they are too many to be drawn. */
export function frozenSpans(calendars: readonly CompiledCalendar[], { from, to }: Span): readonly FrozenSpan[] {
  const spans = calendars.flatMap(({ freezes }) =>
    freezes.flatMap(({ name, reason, coverage }) => {
      const own: FrozenSpan[] = [];
      for (let at = coverage.nextCovered(from, { limit: to }); at !== null && at < to; ) {
        const end = Math.min(coverage.nextUncovered(at, { limit: to }) ?? to, to);
        own.push({ from: at, to: end, freeze: name, reason });
        at = coverage.nextCovered(end, { limit: to });
      }
      return own;
    }),
  );
  return spans.length > MOST_SPANS ? [] : spans;
}
