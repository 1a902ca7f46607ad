import type { CompiledCalendar } from './compile-calendar.ts';
import { localText } from './local-text.ts';

/** An instant on the clocks of the first of some calendars, as all their reasons have it. */
export function clockText([calendar]: readonly CompiledCalendar[], at: Date): string {
  return calendar?.zone === undefined ? at.toISOString() : localText(at.getTime(), calendar.zone);
}
