import ICAL from 'ical.js';
import type { CompiledCalendar, Rule } from '../calendar/compile-calendar.ts';
import { DAY } from '../calendar/cron/civil-day.ts';
import { FIELDS, readValue, valuesOf } from '../calendar/cron/field.ts';
import type { CronSchedule } from '../calendar/cron/parse-cron.ts';
import { firings } from '../calendar/firings.ts';
import { merged } from '../calendar/spans.ts';
import type { TimeZone } from '../calendar/time-zone.ts';

/** Rules and clock changes are written for this long: ten years. */
const RULE_DAYS = 3653;

/** Occurrences without a rule are listed for this long: a year. */
const LISTED_DAYS = 366;
const MOST_LISTED = 1000;

/**
 * Writes windows and freezes as iCalendar (RFC 5545), from an instant on. A window is an event that leaves people free (TRANSPARENT) and a freeze one
 * that does not, so that an import of the file gives the freezes. Dated freezes are in UTC. Recurring ones are a rule in their zone for ten years, or
 * are listed for one year where no rule can express them, which `notes` reports.
 */
export function exportCalendars(
  calendars: readonly CompiledCalendar[],
  from: Date,
  now: Date,
): { readonly text: string; readonly notes: readonly string[] } {
  const root = new ICAL.Component('vcalendar');
  root.addPropertyWithValue('version', '2.0');
  root.addPropertyWithValue('prodid', '-//Liftlock//Calendars//EN');
  root.addPropertyWithValue('x-wr-calname', calendars.map(({ name }) => name).join(', '));
  const zones = new Map<string, TimeZone>();
  const notes: string[] = [];
  const events: ICAL.Component[] = [];
  for (const calendar of calendars) {
    for (const kind of ['window', 'freeze'] as const) {
      for (const rule of kind === 'window' ? calendar.windows : calendar.freezes) {
        const { written, isRule, left } = occurrences(rule, from.getTime());
        if (isRule && !isUtc(rule.zone)) zones.set(rule.zone.id, rule.zone);
        if (!isRule && rule.dates === undefined) {
          const cut = left > 0 ? `, the first ${MOST_LISTED} occurrences only` : '';
          notes.push(
            `${kind} ${rule.name} of ${calendar.name}: no rule of iCalendar says it, so that it is listed for one year${cut}.`,
          );
        }
        const id = `${kind}-${rule.name}-${calendar.name}`;
        for (const [index, write] of written.entries()) {
          const event = describe(rule, kind, calendar.name, `${id}${index === 0 ? '' : `-${index + 1}`}`, now);
          write(event);
          events.push(event);
        }
      }
    }
  }
  const end = from.getTime() + RULE_DAYS * DAY;
  for (const zone of zones.values()) root.addSubcomponent(zoneComponent(zone, from.getTime() - 366 * DAY, end));
  for (const event of events) root.addSubcomponent(event);
  return { text: `${root.toString()}\r\n`, notes };
}

type Write = (event: ICAL.Component) => void;

function occurrences(rule: Rule, from: number): { written: Write[]; isRule: boolean; left: number } {
  const { schedule, length, zone } = rule;
  const until = from + RULE_DAYS * DAY;
  if (schedule !== undefined && length !== undefined) {
    const first = firstToEnd(schedule, zone, length, from, until);
    const since = first ?? from;
    const text = recurrenceRule(schedule, zone, since, until);
    if (text !== undefined) {
      const write: Write = (event) => {
        const start = new ICAL.Property('dtstart');
        if (!isUtc(zone)) start.setParameter('tzid', zone.id);
        start.setValue(timeOf(since + zone.offsetAt(since), isUtc(zone)));
        event.addProperty(start);
        event.addPropertyWithValue('duration', ICAL.Duration.fromString(elapsed(length)));
        event.addPropertyWithValue('rrule', ICAL.Recur.fromString(text));
      };
      return { written: first === undefined ? [] : [write], isRule: true, left: 0 };
    }
  }
  const spans = merged(rule.spansIn(from, from + LISTED_DAYS * DAY)).filter(
    ({ to }) => rule.dates !== undefined || to > from,
  );
  const written = spans.slice(0, MOST_LISTED).map<Write>((span) => (event) => {
    event.addPropertyWithValue('dtstart', timeOf(span.from, true));
    event.addPropertyWithValue('dtend', timeOf(span.to, true));
  });
  return { written, isRule: false, left: spans.length - written.length };
}

/** The first occurrence that ends after `from`, which may be under way; undefined where none begins before `until`. */
function firstToEnd(schedule: CronSchedule, zone: TimeZone, length: number, from: number, until: number) {
  // Month by month, since ten years of every minute are five million.
  for (let since = from - length; since < until; since += MONTH) {
    const found = firings(schedule, zone, since, Math.min(since + MONTH, until)).find((at) => at + length > from);
    if (found !== undefined) return found;
  }
  return undefined;
}
const MONTH = 31 * DAY;

/** Hours, minutes and seconds are elapsed time in RFC 5545, but days are not. */
function elapsed(length: number): string {
  const seconds = Math.round(length / 1000);
  return `PT${Math.floor(seconds / 3600)}H${Math.floor((seconds % 3600) / 60)}M${seconds % 60}S`;
}

function describe(rule: Rule, kind: 'window' | 'freeze', calendar: string, id: string, now: Date): ICAL.Component {
  const event = new ICAL.Component('vevent');
  event.addPropertyWithValue('uid', `${id}@liftlock`);
  event.addPropertyWithValue('dtstamp', timeOf(now.getTime(), true));
  event.addPropertyWithValue(
    'summary',
    kind === 'window' ? `Window ${rule.name} (${calendar})` : `Freeze ${rule.name} (${calendar})`,
  );
  const words = [rule.reason, rule.ticket].filter((part) => part !== undefined);
  if (words.length > 0) event.addPropertyWithValue('description', words.join('\n'));
  event.addPropertyWithValue('categories', kind === 'window' ? 'LIFTLOCK-WINDOW' : 'LIFTLOCK-FREEZE');
  event.addPropertyWithValue('transp', kind === 'window' ? 'TRANSPARENT' : 'OPAQUE');
  return event;
}

/** A time of iCalendar: in UTC, or on the wall clock of a zone, which the property names as TZID. */
function timeOf(milliseconds: number, isUtc: boolean): ICAL.Time {
  const date = new Date(milliseconds);
  return new ICAL.Time(
    {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      isDate: false,
    },
    isUtc ? ICAL.Timezone.utcTimezone : ICAL.Timezone.localTimezone,
  );
}

const isUtc = (zone: TimeZone): boolean => /^(?:Etc\/)?(?:UTC|GMT|Zulu|UCT)$/i.test(zone.id);

/** The clock changes in `[from, until)`, each listed, because rules of summer time change. */
function zoneComponent(zone: TimeZone, from: number, until: number): ICAL.Component {
  const component = new ICAL.Component('vtimezone');
  component.addPropertyWithValue('tzid', zone.id);
  const add = (name: 'standard' | 'daylight', start: number, before: number, after: number): void => {
    const observance = new ICAL.Component(name);
    observance.addPropertyWithValue('dtstart', timeOf(start, false));
    observance.addPropertyWithValue('tzoffsetfrom', ICAL.UtcOffset.fromSeconds(before / 1000));
    observance.addPropertyWithValue('tzoffsetto', ICAL.UtcOffset.fromSeconds(after / 1000));
    component.addSubcomponent(observance);
  };
  const first = zone.offsetAt(from);
  add('standard', Date.UTC(1970, 0, 1), first, first);
  for (const { at, before, after } of zone.changes(from, until)) {
    add(after > before ? 'daylight' : 'standard', at + before, before, after);
  }
  return component;
}

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;
const MINUTE = 60_000;

/**
 * The RRULE of RFC 5545 with the same occurrences in `[from, until)` as a cron schedule; undefined where there is none. That is so when either day of
 * month or day of week is enough, and for local times that the clocks skip or, for schedules of every hour, repeat.
 */
function recurrenceRule(schedule: CronSchedule, zone: TimeZone, from: number, until: number): string | undefined {
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

/** Whether an occurrence falls on a time that other calendar programs treat differently. */
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
