import { type CompiledCalendar, compileCalendar, compileRules } from '../../calendar/compile-calendar.ts';
import { localText } from '../../calendar/local-text.ts';
import type { Calendar, CalendarSpec } from '../types.ts';
import { checkCalendarOpens } from './calendar-opens.ts';
import { checkCalendarWindows } from './calendar-windows.ts';
import { fieldOf, type Report } from './check.ts';
import { zoneWords } from './zone-words.ts';

/**
 * What is wrong with a calendar beside its shape. What cannot be read closes it for ever when it runs, and is an error
 * here. `now` undefined: what depends on the day is left out.
 */
export function checkCalendar(calendar: Calendar, now: Date | undefined, report: Report): void {
  const { spec, metadata } = calendar;
  if (!checkRules(spec, report)) return;
  const compiled = compileCalendar(metadata.name, spec);
  checkPastFreezes(compiled, now, report);
  if (now !== undefined && !checkCalendarOpens(compiled, spec, now, report)) return;
  checkCalendarWindows(compiled, now, report);
}

/** What cannot be read of a calendar's rules, also where other fields of it are wrong. True when there is nothing. */
export function checkRules(sound: Partial<CalendarSpec>, report: Report): boolean {
  const spec = { timeZone: 'UTC', windows: [], freezes: [], ...sound };
  const { problems } = compileRules(spec);
  for (const { path, message } of problems) {
    const zone = path.at(-1) === 'timeZone' ? fieldOf(spec, ...path) : undefined;
    report('error', ['spec', ...path], typeof zone === 'string' ? zoneWords(zone) : message);
  }
  for (const rules of ['windows', 'freezes'] as const) checkNames(spec, rules, report);
  return problems.length === 0;
}

/** States and reasons know windows and freezes by name. */
function checkNames(spec: CalendarSpec, rules: 'windows' | 'freezes', report: Report): void {
  const firstAt = new Map<string, number>();
  for (const [index, { name }] of spec[rules].entries()) {
    const first = firstAt.get(name);
    if (first === undefined) {
      firstAt.set(name, index);
      continue;
    }
    const message = `"${name}" is the name of ${rules}[${first}] already, and reports know ${rules} by name. Rename one.`;
    report('error', ['spec', rules, index, 'name'], message);
  }
}

function checkPastFreezes({ freezes }: CompiledCalendar, now: Date | undefined, report: Report): void {
  if (now === undefined) return;
  for (const [index, { dates, name, zone }] of freezes.entries()) {
    if (dates === undefined || dates.to > now.getTime()) continue;
    const ended = localText(dates.to, zone);
    report(
      'warning',
      ['spec', 'freezes', index, 'to'],
      `the freeze ${name} ended at ${ended}. Remove it, or correct the year.`,
    );
  }
}
