import type { CalendarSpec } from '../../config/types.ts';
import { type CompiledCalendar, compileCalendar } from '../compile-calendar.ts';
import type { FreezeSpec, WindowSpec } from '../rule.ts';

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
