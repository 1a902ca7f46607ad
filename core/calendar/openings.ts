import type { CompiledCalendar } from './compile-calendar.ts';
import { HORIZON, type Search } from './coverage.ts';

/**
 * The first instant at or after `instant` at which all calendars are open; null when there is none within ten years. Time under a dated freeze does
 * not count, so the end of a freeze of many years is found.
 */
export function nextOpenInstant(calendars: readonly CompiledCalendar[], instant: number): number | null {
  const known = foundOf(calendars);
  if (known.opening !== undefined && known.opening.from <= instant && instant <= known.opening.at)
    return known.opening.at;
  const search: Search = { limit: instant + HORIZON };
  const closed = known.closed !== undefined && known.closed.from <= instant ? known.closed.to : instant;
  const at = firstCommon(calendars, Math.max(instant, closed), search);
  if (at === null) known.closed = { from: instant, to: Math.max(closed, search.limit) };
  else known.opening = { from: instant, at };
  return at;
}

function firstCommon(calendars: readonly CompiledCalendar[], from: number, search: Search): number | null {
  let at = from;
  // Each round moves to the instant at which one more calendar is open. The search ends when a whole round has moved nothing.
  for (let agreed = 0, index = 0; agreed < calendars.length; index = (index + 1) % calendars.length) {
    const next = calendars[index]?.open.nextCovered(at, search) ?? null;
    if (next === null || next >= search.limit) return null;
    agreed = next === at ? agreed + 1 : 1;
    at = next;
  }
  return at;
}

/** The last results for the same calendars. Calendars whose windows never meet are searched at every look, over all of ten years. */
interface Found {
  /** From `from` on, `at` is the first instant at which all are open. */
  opening?: { readonly from: number; readonly at: number };
  /** Between these two instants they are never open together. */
  closed?: { readonly from: number; readonly to: number };
  readonly withNext: WeakMap<CompiledCalendar, Found>;
}

const found: Found = { withNext: new WeakMap() };

function foundOf(calendars: readonly CompiledCalendar[]): Found {
  return calendars.reduce((before, calendar) => {
    const known = before.withNext.get(calendar) ?? { withNext: new WeakMap() };
    before.withNext.set(calendar, known);
    return known;
  }, found);
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

/** The first window or freeze, in file order, that contains the instant; null where there is none. */
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
