import type { CalendarSpec } from '../config/types.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { DAY } from './cron/civil-day.ts';
import { type CronSchedule, everFires, parseCron } from './cron/parse-cron.ts';
import { durationMilliseconds } from './duration.ts';
import { firings, lastingSpans } from './firings.ts';
import { freezeEdge } from './freeze-edge.ts';
import { merged, placeOf, type Span, without } from './spans.ts';
import { type TimeZone, timeZone, UTC, unknownZone } from './time-zone.ts';

/** A compiled calendar. It remembers what it has computed, which changes no answer. */
export interface CompiledCalendar {
  readonly name: string;
  /** Everything that is wrong with it. A calendar with a problem is closed for ever. */
  readonly problems: readonly string[];
  /** The other members are for this folder alone. They keep the order of the file. */
  readonly zone: TimeZone | undefined;
  readonly windows: readonly Rule[];
  readonly freezes: readonly Rule[];
  readonly open: Coverage;
}

/** Never throws: a calendar with anything that cannot be read is closed for ever, and lists what is wrong. */
export function compileCalendar(name: string, spec: CalendarSpec): CompiledCalendar {
  const { windows, freezes, problems } = compileRules(spec);
  const told = problems.map(
    ({ path, message }) =>
      `spec${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}: ${message}`,
  );
  const open = problems.length > 0 ? CLOSED : openTime(spec.windows.length === 0, windows, freezes);
  return { name, problems: told, zone: timeZone(spec.timeZone), windows, freezes, open };
}

/** The valid rules, and the problems of the others. */
export function compileRules(spec: CalendarSpec) {
  const zone = timeZone(spec.timeZone);
  const problems: CalendarProblem[] = [];
  if (zone === undefined) problems.push({ path: ['timeZone'], message: unknownZone(spec.timeZone) });
  const rulesOf = (field: 'windows' | 'freezes', specs: readonly (WindowSpec | FreezeSpec)[]): Rule[] =>
    specs.flatMap((rule, index) => {
      const compiled = compileRule(rule, zone);
      problems.push(...compiled.problems.map(({ path, message }) => ({ path: [field, index, ...path], message })));
      return compiled.rule ?? [];
    });
  return { windows: rulesOf('windows', spec.windows), freezes: rulesOf('freezes', spec.freezes), problems };
}

const CLOSED: Coverage = { covers: () => false, nextCovered: () => null, nextUncovered: (instant) => instant };

/** The union of the windows without the freezes. Without windows it is all time. */
function openTime(always: boolean, windows: readonly Rule[], freezes: readonly Rule[]): Coverage {
  const dated = merged(freezes.flatMap(({ dates }) => dates ?? []));
  const recurring = freezes.filter(({ dates }) => dates === undefined);
  const datedAt = (instant: number) => {
    const span = dated[placeOf(dated, instant)];
    return span !== undefined && span.from <= instant ? span.to : undefined;
  };
  const spansIn = (from: number, to: number) => {
    if ((datedAt(from) ?? from) >= to) return [];
    const frozen = merged([...dated, ...recurring.flatMap((freeze) => freeze.spansIn(from, to))]);
    // Windows may open every minute, so they are not computed where everything is frozen anyway.
    if (frozen.some((span) => span.from <= from && span.to >= to)) return [];
    const allowed = always ? [{ from, to }] : merged(windows.flatMap((window) => window.spansIn(from, to)));
    return without(allowed, frozen);
  };
  const coverage = coverageOf(spansIn, datedAt);
  if (!always || recurring.length > 0) return coverage;
  // Nothing recurs, so the next closing is known however far away it is.
  const nextUncovered = (instant: number) =>
    datedAt(instant) !== undefined ? instant : (dated[placeOf(dated, instant)]?.from ?? null);
  return { ...coverage, nextUncovered };
}

type Tell = (field: string, message: string) => void;
type Recurring = WindowSpec | Exclude<FreezeSpec, { from: string }>;

/**
 * Compiles one window or freeze, or returns all its problems, whose paths begin at the rule. `calendarZone` is undefined when the calendar's own zone
 * is wrong, which is reported elsewhere.
 */
function compileRule(
  spec: WindowSpec | FreezeSpec,
  calendarZone: TimeZone | undefined,
): { readonly rule: Rule | undefined; readonly problems: readonly CalendarProblem[] } {
  const problems: CalendarProblem[] = [];
  const tell: Tell = (field, message) => problems.push({ path: [field], message });
  const zone = spec.timeZone === undefined ? calendarZone : timeZone(spec.timeZone);
  if (zone === undefined && spec.timeZone !== undefined) tell('timeZone', unknownZone(spec.timeZone));
  // All problems are reported at once, so the rest is checked in some zone.
  const known = zone ?? UTC;
  const when = 'from' in spec ? datesOf(spec, known, tell) : recurrenceOf(spec, known, tell);
  if (when === undefined || zone === undefined || problems.length > 0) return { rule: undefined, problems };
  const rule: Rule = {
    name: spec.name,
    zone,
    reason: 'reason' in spec ? spec.reason : undefined,
    ticket: 'ticket' in spec ? spec.ticket : undefined,
    ...when,
    coverage: coverageOf(when.spansIn),
  };
  return { rule, problems };
}

type When = Pick<Rule, 'schedule' | 'length' | 'dates' | 'spansIn'>;

function datesOf(spec: Extract<FreezeSpec, { from: string }>, zone: TimeZone, tell: Tell): When | undefined {
  const from = freezeEdge(spec.from, zone, 'from');
  const to = freezeEdge(spec.to, zone, 'to');
  if ('problem' in from) tell('from', from.problem);
  if ('problem' in to) tell('to', to.problem);
  if ('problem' in from || 'problem' in to) return undefined;
  const dates: Span = { from: from.instant, to: to.instant };
  if (dates.to <= dates.from) {
    tell('to', `"${spec.to}" is not after from, "${spec.from}", so that it freezes nothing. Swap or correct them.`);
    return undefined;
  }
  return { schedule: undefined, length: undefined, dates, spansIn: () => [dates] };
}

function recurrenceOf(spec: Recurring, zone: TimeZone, tell: Tell): When | undefined {
  const schedule = scheduleOf('schedule', spec.schedule, tell);
  const end = spec.end === undefined ? undefined : scheduleOf('end', spec.end, tell);
  if (spec.duration !== undefined && spec.end !== undefined) {
    tell('end', 'duration and end are both given, and either would decide. Remove one.');
  }
  if (spec.duration === undefined && spec.end === undefined) {
    tell('schedule', 'neither duration nor end is given, so nobody knows how long it lasts. Add one of them.');
  }
  const length = spec.duration === undefined ? undefined : durationMilliseconds(spec.duration);
  if (length !== undefined && !(length > 0))
    tell('duration', `"${spec.duration}" is no duration; write 45m, 6h or 4d.`);
  if (schedule === undefined) return undefined;
  if (length !== undefined) {
    const spansIn = (from: number, to: number) => lastingSpans(schedule, zone, length, from, to);
    return { schedule, length, dates: undefined, spansIn };
  }
  if (end === undefined) return undefined;
  const spansIn = (from: number, to: number) => endingSpans(schedule, end, zone, from, to);
  return { schedule, length: undefined, dates: undefined, spansIn };
}

function scheduleOf(field: string, text: string, tell: Tell): CronSchedule | undefined {
  const parsed = parseCron(text);
  if ('problem' in parsed) {
    tell(field, parsed.problem);
    return undefined;
  }
  if (everFires(parsed.schedule)) return parsed.schedule;
  tell(field, `"${text}" never fires: no month that it names has such a day.`);
  return undefined;
}

/** A 29 February on one weekday occurs after 40 years at the latest, across a century without a leap day. */
const LONGEST_WAIT = 41 * 366 * DAY;

/**
 * Spans that begin when `start` fires and end when `end` fires next after that; at least those that touch `[from, to)`, cut off at `to`. An end at
 * the same instant as a start ends the span before, and does not end the span that starts there.
 */
function endingSpans(
  start: CronSchedule,
  end: CronSchedule,
  zone: TimeZone,
  from: number,
  to: number,
): readonly Span[] {
  const since = lastFiring(end, zone, from);
  const ends = firings(end, zone, since, to, telling(end.minutes, start.minutes));
  const starts = firings(start, zone, since, to, telling(start.minutes, end.minutes)).filter((at) => at < to);
  let next = 0;
  return starts.map((at) => {
    while ((ends[next] ?? to) <= at) next += 1;
    return { from: at, to: Math.min(ends[next] ?? to, to) };
  });
}

/**
 * Drops the minutes that have none of `others` between them and the minute before: another start of a span that runs, or another end of one that has
 * ended, changes nothing. A start or end in every minute would be 1440 of them a day. A minute that is also one of `others` stays.
 */
function telling(minutes: readonly number[], others: readonly number[]): number[] {
  let next = 0;
  return minutes.filter((minute, index) => {
    const before = minutes[index - 1];
    if (before === undefined) return true;
    while ((others[next] ?? Number.POSITIVE_INFINITY) < before) next += 1;
    return (others[next] ?? Number.POSITIVE_INFINITY) <= minute;
  });
}

/** The last firing at or before `instant`. No span that began earlier goes on after it. */
function lastFiring(schedule: CronSchedule, zone: TimeZone, instant: number): number {
  let to = instant + 1;
  for (let length = 2 * DAY; length < 2 * LONGEST_WAIT; length *= 2) {
    const found = firings(schedule, zone, to - length, to).filter((at) => at <= instant);
    const last = found.at(-1);
    if (last !== undefined) return last;
    to -= length;
  }
  return to;
}

export type WindowSpec = CalendarSpec['windows'][number];
export type FreezeSpec = CalendarSpec['freezes'][number];

/** A problem of a calendar that its schema cannot see. */
interface CalendarProblem {
  /** The path within the calendar's `spec`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A compiled window or freeze. */
export interface Rule {
  readonly name: string;
  readonly zone: TimeZone;
  readonly reason: string | undefined;
  readonly ticket: string | undefined;
  /** When it recurs; undefined for a dated freeze. */
  readonly schedule: CronSchedule | undefined;
  /** Milliseconds; undefined where `end` or `to` gives the end. */
  readonly length: number | undefined;
  /** The dates of a dated freeze; undefined for others. */
  readonly dates: Span | undefined;
  readonly coverage: Coverage;
  /** The spans in any order, at least those that touch `[from, to)`. Those with an `end` are cut off at `to`. */
  spansIn(from: number, to: number): readonly Span[];
}
