import { Temporal } from 'temporal-polyfill';
import type { TimeZone } from './time-zone.ts';

/**
 * The instant of `from` or `to` of a dated freeze. It is a local time of the zone (a bare date is its midnight), or an exact instant when it has an
 * offset. For a local time that the clocks skip it is the first instant after the gap. For one that they repeat it is the first occurrence for `from`
 * and the second one for `to`, so that a freeze is never shorter than meant.
 */
export function freezeEdge(
  text: string,
  zone: TimeZone,
  edge: 'from' | 'to',
): { readonly instant: number } | { readonly problem: string } {
  const [, local = '', offset] =
    /^(\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?)(Z|[+-]\d{2}:\d{2})?$/.exec(text) ?? [];
  const wallClock = wallClockOf(local);
  if (wallClock === undefined) return { problem: `"${text}" is no day or time of the calendar.` };
  if (offset !== undefined) {
    const instant = Date.parse(text);
    return Number.isNaN(instant) ? { problem: `"${text}" has an offset that no clock has.` } : { instant };
  }
  const { instants, gap } = zone.instantsOf(wallClock);
  const instant = (edge === 'from' ? instants[0] : instants.at(-1)) ?? gap;
  return instant === undefined ? { problem: `"${text}" does not exist in ${zone.id}.` } : { instant };
}

/** Milliseconds on the wall clock; undefined for 30 February and 24:00. */
function wallClockOf(local: string): number | undefined {
  try {
    const time = Temporal.PlainDateTime.from(local);
    return Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
  } catch {
    return undefined;
  }
}
