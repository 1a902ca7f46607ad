import type { CompiledCalendar } from './compile-calendar.ts';
import type { TimeZone } from './time-zone.ts';

/** `2026-12-01T00:00+01:00`: an instant on the clocks of a zone, with seconds where they are not 0. */
export function localText(instant: number, zone: TimeZone): string {
  const offset = zone.offsetAt(instant);
  const clock = new Date(instant + offset).toISOString().slice(0, 19).replace(/:00$/, '');
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${clock}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** An instant on the clocks of the first calendar, which all reasons of these calendars use. */
export function clockText([calendar]: readonly CompiledCalendar[], at: Date): string {
  return calendar?.zone === undefined ? at.toISOString() : localText(at.getTime(), calendar.zone);
}
