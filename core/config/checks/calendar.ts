import { type CompiledCalendar, compileCalendar, compileRules, type Rule } from '../../calendar/compile-calendar.ts';
import { DAY } from '../../calendar/cron/civil-day.ts';
import { localText } from '../../calendar/local-text.ts';
import { openTimeWithin } from '../../calendar/longest-opening.ts';
import { nextOpenInstant } from '../../calendar/openings.ts';
import { clipped, merged, type Span, without } from '../../calendar/spans.ts';
import { counted } from '../../model/words.ts';
import { didYouMean } from '../did-you-mean.ts';
import { calendarSchemaFor, soundRules } from '../schema/calendar.ts';
import { fieldOf, soundFields } from '../sound-fields.ts';
import type { Calendar, CalendarSpec } from '../types.ts';
import { checkNames, listOf, type Report } from './check.ts';

/**
 * Checks what the schema of a calendar cannot see. A rule that cannot be read would close the calendar for ever, so it is an error here. `now`
 * undefined = checks that depend on the day are left out.
 */
export function checkCalendar(calendar: Calendar, now: Date | undefined, report: Report): void {
  const { spec, metadata } = calendar;
  checkRuleNames(spec, report);
  if (!checkRules(spec, report)) return;
  const compiled = compileCalendar(metadata.name, spec);
  checkPastFreezes(compiled, now, report);
  if (now !== undefined && !checkCalendarOpens(compiled, spec, now, report)) return;
  checkCalendarWindows(compiled, now, report);
}

/** Checks each valid rule of a calendar that is invalid as a whole. */
export function checkCalendarInPart(document: unknown, report: Report): void {
  checkRuleNames(fieldOf(document, 'spec'), report);
  const { timeZone } = soundFields(calendarSchemaFor(document).shape.spec, fieldOf(document, 'spec'));
  const sound = soundRules(document);
  const spec = { windows: sound.windows.map(([, one]) => one), freezes: sound.freezes.map(([, one]) => one) };
  checkRules({ timeZone: timeZone ?? 'UTC', ...spec }, (severity, path, message, anchor) => {
    const [root = '', field, index, ...rest] = path;
    const isRule = (field === 'windows' || field === 'freezes') && typeof index === 'number';
    const at = isRule ? [root, field, sound[field][index]?.[0] ?? index, ...rest] : path;
    report(severity, at, message, anchor);
  });
}

function checkRuleNames(spec: unknown, report: Report): void {
  for (const rules of ['windows', 'freezes'] as const)
    checkNames(listOf(fieldOf(spec, rules)), ['spec', rules], `reports know ${rules} by name`, report);
}

/** Reports rules that cannot be read. Returns true when there are none. */
function checkRules(spec: CalendarSpec, report: Report): boolean {
  const { problems } = compileRules(spec);
  for (const { path, message } of problems) {
    const zone = path.at(-1) === 'timeZone' ? fieldOf(spec, ...path) : undefined;
    report('error', ['spec', ...path], typeof zone === 'string' ? zoneWords(zone) : message);
  }
  checkFixedZone(spec.timeZone, ['timeZone'], report);
  for (const rules of ['windows', 'freezes'] as const) {
    for (const [index, { timeZone }] of spec[rules].entries())
      checkFixedZone(timeZone, [rules, index, 'timeZone'], report);
  }
  return problems.length === 0;
}

/** Names that look like the time of a place and are fixed offsets. */
const FIXED_ZONE = /^(?:EST|MST|HST|Etc\/GMT[+-]\d+)$/i;

function checkFixedZone(zone: string | undefined, path: readonly (string | number)[], report: Report): void {
  if (zone === undefined || !FIXED_ZONE.test(zone)) return;
  const inverted = zone.startsWith('Etc')
    ? ', and its sign is the other way round: Etc/GMT+2 is two hours behind UTC'
    : '';
  const message = `"${zone}" is a fixed offset without summer time${inverted}. Write a place, such as America/New_York, or UTC.`;
  report('warning', ['spec', ...path], message);
}

function checkPastFreezes({ freezes }: CompiledCalendar, now: Date | undefined, report: Report): void {
  if (now === undefined) return;
  for (const [index, { dates, name, zone }] of freezes.entries()) {
    if (dates === undefined || dates.to > now.getTime()) continue;
    const message = `the freeze ${name} ended at ${localText(dates.to, zone)}. Remove it, or correct the year.`;
    report('warning', ['spec', 'freezes', index, 'to'], message);
  }
}

/** Explains why a name is no time zone, and which one was probably meant. */
function zoneWords(name: string): string {
  const unknown = `"${name}" is no time zone that is known here.`;
  if (/^(?:UTC|GMT)?[+-]\d/i.test(name)) {
    return `${unknown} An offset knows nothing of summer time: write a place, such as Europe/Berlin, or UTC.`;
  }
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const city = name.split('/').at(-1) ?? name;
  const meant = didYouMean(name, zones) ?? zones.find((zone) => didYouMean(city, [cityOf(zone)]) !== undefined);
  return `${unknown} ${meant === undefined ? 'Write an IANA name, such as Europe/Berlin.' : `Did you mean ${meant}?`}`;
}

const cityOf = (zone: string): string => zone.split('/').at(-1) ?? zone;

/** Most dates occur within two years, also across a leap day. A calendar that opens later is seldom meant. */
const DAYS = 731;
const HOUR = 3_600_000;

/** A share of the time that windows allow. Daily freezes of 24 hours leave less than that, on days with 25 hours. */
const LEAST_SHARE = 0.001;

/** Returns whether a calendar opens. One that freezes keep closed all the time would let nothing happen, so it is an error. */
function checkCalendarOpens(calendar: CompiledCalendar, spec: CalendarSpec, now: Date, report: Report): boolean {
  const { windows, freezes } = spec;
  const open = openTimeWithin([calendar], now, DAYS);
  const path = ['spec', freezes.length > 0 ? 'freezes' : 'windows'];
  if (open === 0) {
    const opens = nextOpenInstant([calendar], now.getTime());
    const what = windows.length === 0 ? 'this calendar is always frozen' : 'this calendar never opens';
    const when = opens === null ? '' : ` It opens on ${new Date(opens).toISOString().slice(0, 10)} for the first time.`;
    const todo = freezes.length > 0 ? 'Shorten its freezes' : 'Correct its windows';
    const message = `${what} in the next two years, so that nothing of it can ever start.${when} ${todo}.`;
    report('error', path, message, 'key');
    return false;
  }
  if (freezes.length === 0) return true;
  const allowed = openTimeWithin([compileCalendar(calendar.name, { ...spec, freezes: [] })], now, DAYS);
  if (open >= allowed * LEAST_SHARE) return true;
  const hours = Math.round((open / HOUR) * 10) / 10;
  const message = `this calendar is always frozen but for ${counted(hours, 'hour')} in the next two years, most likely where the clocks change: durations are elapsed time, and a day can have 25 hours. Say when a freeze ends with end instead, or shorten it.`;
  report('error', path, message, 'key');
  return false;
}

const YEAR = 366 * DAY;
const MINUTE = 60_000;

/** Every step of an upgrade takes longer. */
const SHORT = 15 * MINUTE;

/** Warns of windows without use, which are too short or always inside a freeze. Looks at the year from `now`, or else at one fixed year. */
function checkCalendarWindows(calendar: CompiledCalendar, now: Date | undefined, report: Report): void {
  const from = now?.getTime() ?? Date.UTC(2026, 0, 1);
  const frozen = spansOf(calendar.freezes, from);
  for (const [index, window] of calendar.windows.entries()) {
    const spans = spansOf([window], from);
    if (spans.length === 0) continue;
    const path = ['spec', 'windows', index];
    if (without(spans, frozen).length === 0) {
      const freezes = calendar.freezes.filter((freeze) => without(spans, spansOf([freeze], from)).length === 0);
      const by = freezes[0] === undefined ? 'the freezes cover' : `the freeze ${freezes[0].name} covers`;
      const message = `${by} the window ${window.name} whenever it opens in the next year, and freezes win. Move one of them.`;
      report('warning', path, message);
    }
    checkLength(window, spans, path, report);
  }
}

function checkLength(window: Rule, spans: readonly Span[], path: readonly (string | number)[], report: Report): void {
  // Not Math.max(...): windows of every minute are half a million in a year, more arguments than a call takes.
  const longest = spans.reduce((most, { from, to }) => Math.max(most, to - from), 0);
  if (longest >= SHORT) return;
  const field = window.length === undefined ? 'end' : 'duration';
  const message =
    longest <= MINUTE
      ? 'it is open for a minute or less, and Liftlock looks once a minute: most likely nothing ever starts. Make it longer.'
      : `it is open for ${Math.round(longest / MINUTE)} minutes at most, and every step of an upgrade takes longer. Make it longer.`;
  report('warning', [...path, field], message);
}

function spansOf(rules: readonly Rule[], from: number): Span[] {
  return clipped(merged(rules.flatMap((rule) => rule.spansIn(from, from + YEAR))), from, from + YEAR);
}
