import { DAY } from '../calendar/cron/civil-day.ts';
import { FIELDS, readValue, valuesOf } from '../calendar/cron/field.ts';
import type { CronSchedule } from '../calendar/cron/parse-cron.ts';
import type { TimeZone } from '../calendar/time-zone.ts';

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;
const MINUTE = 60_000;

/**
 * A cron schedule as the RRULE of RFC 5545 that has the same occurrences in `[from, until)`; undefined where there is none: either of
 * day of month and day of week, and local times that the clocks skip or, for every hour, repeat.
 */
export function recurrenceRule(
  schedule: CronSchedule,
  zone: TimeZone,
  from: number,
  until: number,
): string | undefined {
  const days = dayParts(schedule.text);
  if (days === undefined || meetsChange(schedule, zone, from, until)) return undefined;
  const hours = new Set(schedule.minutes.map((minute) => Math.floor(minute / 60)));
  const minutes = new Set(schedule.minutes.map((minute) => minute % 60));
  const months = schedule.months.length === 12 ? [] : [`BYMONTH=${schedule.months.join(',')}`];
  const end = new Date(until).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const times = [`BYHOUR=${[...hours].join(',')}`, `BYMINUTE=${[...minutes].join(',')}`];
  return [...days, ...months, ...times, `UNTIL=${end}`].join(';');
}

function dayParts(text: string): string[] | undefined {
  const [, , dayOfMonth = '', , dayOfWeek = ''] = text.split(/\s+/);
  const ofMonth = dayOfMonth === '*' ? [] : dayOfMonth.split(',').flatMap(monthDays);
  const ofWeek = dayOfWeek === '*' ? [] : dayOfWeek.split(',').flatMap(weekDays);
  const isNumbered = ofWeek.some((day) => day.length > 2);
  const isEither = ofMonth.length > 0 && ofWeek.length > 0 && !`${dayOfMonth[0]}${dayOfWeek[0]}`.includes('*');
  if (isEither || (isNumbered && ofMonth.length > 0)) return undefined;
  const frequency = ofMonth.length > 0 || isNumbered ? 'MONTHLY' : ofWeek.length > 0 ? 'WEEKLY' : 'DAILY';
  return [
    `FREQ=${frequency}`,
    ...(ofMonth.length > 0 ? [`BYMONTHDAY=${[...new Set(ofMonth)].join(',')}`] : []),
    ...(ofWeek.length > 0 ? [`BYDAY=${[...new Set(ofWeek)].join(',')}`] : []),
  ];
}

const monthDays = (item: string): number[] => (/^l$/i.test(item) ? [-1] : [...valuesOf(item, FIELDS.dayOfMonth)]);

function weekDays(item: string): string[] {
  const [, name, numbered] = /^(.+)#(.+)$/.exec(item) ?? /^([a-z]{3}|\d)(l)$/i.exec(item) ?? [];
  const named = (value: number): string => DAYS[value % 7] ?? '';
  if (name === undefined || numbered === undefined) return valuesOf(item, FIELDS.dayOfWeek).map(named);
  return [`${/^l$/i.test(numbered) ? -1 : numbered}${named(readValue(name, FIELDS.dayOfWeek))}`];
}

/** Whether an occurrence falls where calendars of others do not agree with ours. */
function meetsChange(schedule: CronSchedule, zone: TimeZone, from: number, until: number): boolean {
  return zone.changes(from - DAY, until + DAY).some(({ at, before, after }) => {
    if (after < before) return schedule.everyHour;
    for (let local = at + before; local < at + after; local += MINUTE) {
      const midnight = Math.floor(local / DAY);
      if (schedule.minutes.includes((local - midnight * DAY) / MINUTE) && schedule.matches(midnight)) return true;
    }
    return false;
  });
}
