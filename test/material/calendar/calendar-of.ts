import {
  type CompiledCalendar,
  compileCalendar,
  type FreezeSpec,
  type WindowSpec,
} from '../../../core/calendar/compile-calendar.ts';
import type { CalendarSpec } from '../../../core/config/types.ts';

type Nameless<Rule> = Rule extends { name: string } ? Omit<Rule, 'name'> & { name?: string } : never;

export interface CalendarDraft {
  readonly timeZone?: string;
  readonly windows?: readonly Nameless<WindowSpec>[];
  readonly freezes?: readonly Nameless<FreezeSpec>[];
}

/** What people would write in a file; rules without a name are numbered. */
export function specOf({ timeZone = 'UTC', windows = [], freezes = [] }: CalendarDraft): CalendarSpec {
  return {
    timeZone,
    windows: windows.map((window, index) => ({ name: `window-${index}`, ...window })),
    freezes: freezes.map((freeze, index) => ({ name: `freeze-${index}`, ...freeze })),
  };
}

export function calendarOf(draft: CalendarDraft, name = 'prod'): CompiledCalendar {
  return compileCalendar(name, specOf(draft));
}
