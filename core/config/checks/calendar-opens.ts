import { type CompiledCalendar, compileCalendar } from '../../calendar/compile-calendar.ts';
import { openTimeWithin } from '../../calendar/longest-opening.ts';
import { nextOpenInstant } from '../../calendar/openings.ts';
import type { CalendarSpec } from '../types.ts';
import type { Report } from './check.ts';

/** Leap days come within two years of most days; a calendar that opens later than that is seldom meant. */
const DAYS = 731;
const HOUR = 3_600_000;

/** A share of the time that windows allow: what is left between daily freezes of 24 hours when a day has 25. */
const LEAST_SHARE = 0.001;

/** A calendar that freezes close all the time lets nothing ever happen. Whether it opens. */
export function checkCalendarOpens(calendar: CompiledCalendar, spec: CalendarSpec, now: Date, report: Report): boolean {
  const { windows, freezes } = spec;
  const open = openTimeWithin([calendar], now, DAYS);
  const path = ['spec', freezes.length > 0 ? 'freezes' : 'windows'];
  if (open === 0) {
    const opens = nextOpenInstant([calendar], now.getTime());
    const what = windows.length === 0 ? 'this calendar is always frozen' : 'this calendar never opens';
    const when = opens === null ? '' : ` It opens on ${new Date(opens).toISOString().slice(0, 10)} for the first time.`;
    const todo = freezes.length > 0 ? 'Shorten its freezes' : 'Correct its windows';
    report(
      'error',
      path,
      `${what} in the next two years, so that nothing of it can ever start.${when} ${todo}.`,
      'key',
    );
    return false;
  }
  if (freezes.length === 0) return true;
  const allowed = openTimeWithin([compileCalendar(calendar.name, { ...spec, freezes: [] })], now, DAYS);
  if (open >= allowed * LEAST_SHARE) return true;
  const hours = Math.round((open / HOUR) * 10) / 10;
  const message = `this calendar is always frozen but for ${hours} hours in the next two years, most likely where the clocks change: durations are elapsed time, and a day can have 25 hours. Say when a freeze ends with end instead, or shorten it.`;
  report('error', path, message, 'key');
  return false;
}
