import { civilDay, DAY } from './civil-day.ts';
import { type DayRule, dayOfMonthRule, dayOfWeekRule } from './day-rule.ts';
import { CronProblem, FIELDS, valuesOf } from './field.ts';

/** The local times of some zone at which something begins. */
export interface CronSchedule {
  readonly text: string;
  /** Minutes after local midnight, ascending and without repeats; never empty. */
  readonly minutes: readonly number[];
  /** Whether it names every hour of the day. Then it also fires in an hour that the clocks repeat. */
  readonly everyHour: boolean;
  readonly months: readonly number[];
  matches(dayNumber: number): boolean;
}

/**
 * Reads five fields of cron by the rules of vixie's cron. When day of month and day of week are both restricted, one of them is enough; when one of
 * them begins with `*` (also with a step), both must match. Never throws: `problem` is a text that continues "<path>: ".
 * Source: calendars.md, Cron.
 */
export function parseCron(text: string): { readonly schedule: CronSchedule } | { readonly problem: string } {
  try {
    return { schedule: read(text.trim()) };
  } catch (error) {
    if (error instanceof CronProblem) return { problem: `"${text}" ${error.message}.` };
    throw error;
  }
}

function read(text: string): CronSchedule {
  if (text.startsWith('@')) throw new CronProblem('is a nickname, and those are not known: write the five fields');
  const fields = text === '' ? [] : text.split(/\s+/);
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields;
  if (fields.length !== 5) {
    const seconds = fields.length > 5 ? ' (seconds and years are not known)' : '';
    throw new CronProblem(
      `has ${fields.length} fields${seconds}; cron has five: minute, hour, day of month, month, day of week`,
    );
  }
  if (fields.includes('?')) throw new CronProblem('has a "?", which is not known: write * for any day');
  const hours = list(hour, FIELDS.hour);
  const minutes = list(minute, FIELDS.minute);
  const months = list(month, FIELDS.month);
  const days = dayRule(dayOfMonth, dayOfWeek);
  return {
    text,
    minutes: hours.flatMap((value) => minutes.map((past) => value * 60 + past)),
    everyHour: hours.length === 24,
    months,
    matches(dayNumber) {
      const day = civilDay(dayNumber);
      return months.includes(day.month) && days(day);
    },
  };
}

function list(text: string, field: (typeof FIELDS)['minute' | 'hour' | 'month']): number[] {
  const values = new Set(text.split(',').flatMap((item) => valuesOf(item, field)));
  return [...values].sort((a, b) => a - b);
}

function dayRule(dayOfMonth: string, dayOfWeek: string): DayRule {
  const ofMonth = dayOfMonthRule(dayOfMonth);
  const ofWeek = dayOfWeekRule(dayOfWeek);
  const both = dayOfMonth.startsWith('*') || dayOfWeek.startsWith('*');
  return both ? (day) => ofMonth(day) && ofWeek(day) : (day) => ofMonth(day) || ofWeek(day);
}

/** Dates and weekdays repeat after 28 years, unless a century without a leap day lies between. */
const CYCLE_START = Date.UTC(2000, 0, 1) / DAY;
const CYCLE_DAYS = 28 * 365 + 7;

/** False for a schedule that is valid and never fires, such as `0 0 31 2 *`. */
export function everFires(schedule: CronSchedule): boolean {
  for (let day = CYCLE_START; day < CYCLE_START + CYCLE_DAYS; day += 1) if (schedule.matches(day)) return true;
  return false;
}
