import { coverageOf } from './coverage.ts';
import { type CronSchedule, everFires, parseCron } from './cron/parse-cron.ts';
import { durationMilliseconds } from './duration.ts';
import { endingSpans } from './ending-spans.ts';
import { lastingSpans } from './firings.ts';
import { freezeEdge } from './freeze-edge.ts';
import type { CalendarProblem, FreezeSpec, Rule, WindowSpec } from './rule.ts';
import type { Span } from './spans.ts';
import { type TimeZone, timeZone, UTC, unknownZone } from './time-zone.ts';

type Tell = (field: string, message: string) => void;
type Recurring = WindowSpec | Exclude<FreezeSpec, { from: string }>;

/**
 * One window or freeze, or everything that is wrong with it; paths begin at the rule. `calendarZone` is undefined when
 * the calendar's own zone is wrong, which is told elsewhere.
 */
export function compileRule(
  spec: WindowSpec | FreezeSpec,
  calendarZone: TimeZone | undefined,
): { readonly rule: Rule | undefined; readonly problems: readonly CalendarProblem[] } {
  const problems: CalendarProblem[] = [];
  const tell: Tell = (field, message) => problems.push({ path: [field], message });
  const zone = spec.timeZone === undefined ? calendarZone : timeZone(spec.timeZone);
  if (zone === undefined && spec.timeZone !== undefined) tell('timeZone', unknownZone(spec.timeZone));
  // Everything that is wrong is told at once, so that the rest is looked at in some zone.
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
