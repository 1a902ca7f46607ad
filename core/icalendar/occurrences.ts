import ICAL from 'ical.js';
import { ImportProblem } from './import-problem.ts';

const DAY_SECONDS = 86_400;

/** How far events without an end are expanded: two years from now, or from their first day where that is later. */
export const EXPANDED_DAYS = 731;

/** As many as a calendar may have freezes; a rule that makes more is meant for something else. */
const MOST = 1000;

/** One time at which an event happens. `component` is the event, or what replaces it on that day. */
export interface Occurrence {
  readonly component: ICAL.Component;
  readonly start: ICAL.Time;
  readonly end: ICAL.Time;
}

/**
 * When an event happens. One with a last day, or that happens once, is taken whole, past or not; one that goes on for ever from `now` on,
 * as far as `EXPANDED_DAYS`, and `isCut` says so. Throws ImportProblem.
 */
export function occurrencesOf(
  event: ICAL.Event,
  now: Date,
): { readonly found: readonly Occurrence[]; readonly isCut: boolean } {
  if (!event.isRecurring()) {
    return { found: [{ component: event.component, start: event.startDate, end: event.endDate }], isCut: false };
  }
  return expanded(event, now);
}

function expanded(event: ICAL.Event, now: Date): { found: Occurrence[]; isCut: boolean } {
  const rules = event.component.getAllProperties('rrule').map((property) => property.getFirstValue());
  const isEndless = rules.some((rule) => rule instanceof ICAL.Recur && !rule.isFinite());
  const seconds = now.getTime() / 1000;
  const limit = Math.max(seconds, event.startDate.toUnixTime()) + EXPANDED_DAYS * DAY_SECONDS;
  const found: Occurrence[] = [];
  const iterator = event.iterator();
  for (let next = iterator.next(); next; next = iterator.next()) {
    if (isEndless && next.toUnixTime() > limit) break;
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    if (isEndless && endDate.toUnixTime() <= seconds) continue;
    if (found.length === MOST) throw new ImportProblem(`it happens more than ${MOST} times, which is no freeze.`);
    found.push({ component: item.component, start: startDate, end: endDate });
  }
  return { found, isCut: isEndless };
}
