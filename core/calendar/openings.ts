import type { CompiledCalendar } from './compile-calendar.ts';
import { HORIZON, type Search } from './coverage.ts';

/**
 * The first instant at or after `instant` at which all calendars are open. Null when there is none within ten years;
 * time under a dated freeze does not count, so that the end of a freeze of many years is found.
 */
export function nextOpenInstant(calendars: readonly CompiledCalendar[], instant: number): number | null {
  const search: Search = { limit: instant + HORIZON };
  let at = instant;
  // Each round moves to where one more calendar is open; it ends when a whole round has moved nothing.
  for (let agreed = 0, index = 0; agreed < calendars.length; index = (index + 1) % calendars.length) {
    const next = calendars[index]?.open.nextCovered(at, search) ?? null;
    if (next === null || next >= search.limit) return null;
    agreed = next === at ? agreed + 1 : 1;
    at = next;
  }
  return at;
}

/** The first instant at or after `instant` at which one of them is closed; null when there is none within ten years. */
export function nextClosedInstant(calendars: readonly CompiledCalendar[], instant: number): number | null {
  let first: number | null = null;
  for (const { open } of calendars) {
    const closed = open.nextUncovered(instant, { limit: instant + HORIZON });
    if (closed !== null && (first === null || closed < first)) first = closed;
  }
  return first;
}

/** The first window, or freeze, in the order of the files that contains the instant; null where there is none. */
export function nameAt(
  rules: 'windows' | 'freezes',
  calendars: readonly CompiledCalendar[],
  instant: number,
): string | null {
  for (const calendar of calendars) {
    const rule = calendar[rules].find(({ coverage }) => coverage.covers(instant));
    if (rule !== undefined) return rule.name;
  }
  return null;
}
