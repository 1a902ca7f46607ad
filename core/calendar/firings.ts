import { DAY } from './cron/civil-day.ts';
import type { CronSchedule } from './cron/parse-cron.ts';
import type { Span } from './spans.ts';
import { type ClockChange, FAR, type TimeZone } from './time-zone.ts';

const MINUTE = 60_000;

/**
 * The instants at which a schedule fires in a zone, ascending and without repeats; at least those in `[from, to)`.
 * A local time that the clocks skip fires at the first instant after the gap, and one that they repeat fires at its first occurrence only. Schedules
 * that name every hour of the day also fire in the repeated hour, so that what is closed or open all the time stays so. Source: calendars.md, What is
 * meant.
 * On days without a clock change only `plainMinutes` count, for callers to whom the other minutes make no difference.
 */
export function firings(
  schedule: CronSchedule,
  zone: TimeZone,
  from: number,
  to: number,
  plainMinutes: readonly number[] = schedule.minutes,
): number[] {
  const found: number[] = [];
  let ascending = true;
  const add = (at: number): void => {
    const last = found.at(-1);
    if (last !== undefined && at <= last) ascending = false;
    found.push(at);
  };
  for (const { day, offset } of daysOf(schedule, zone, from, to)) {
    if (offset !== undefined) for (const minute of plainMinutes) add(day * DAY + minute * MINUTE - offset);
    else
      for (const minute of schedule.minutes)
        for (const at of around(schedule, zone, day * DAY + minute * MINUTE)) add(at);
  }
  return ascending ? found : [...new Set(found)].sort((one, other) => one - other);
}

/**
 * The spans of `length` milliseconds that begin at the firings, in no particular order. Overlapping spans of a day may be merged already, since a
 * schedule that fires every minute has 1440 firings a day.
 */
export function lastingSpans(schedule: CronSchedule, zone: TimeZone, length: number, from: number, to: number): Span[] {
  const runs = runsOf(schedule.minutes, length);
  const spans: Span[] = [];
  for (const { day, offset } of daysOf(schedule, zone, from - length, to)) {
    if (offset !== undefined) {
      const midnight = day * DAY - offset;
      for (const run of runs) spans.push({ from: midnight + run.from, to: midnight + run.to });
    } else {
      for (const minute of schedule.minutes) {
        for (const at of around(schedule, zone, day * DAY + minute * MINUTE)) spans.push({ from: at, to: at + length });
      }
    }
  }
  return spans;
}

/**
 * The days of a schedule whose firings may lie in `[from, to)`. `offset` is set for days without a clock change in them or right before them: a gap
 * that ends at midnight moves what it skips there.
 */
function* daysOf(
  schedule: CronSchedule,
  zone: TimeZone,
  from: number,
  to: number,
): Generator<{ day: number; offset: number | undefined }> {
  const first = Math.floor((from - FAR) / DAY);
  const last = Math.floor((to + FAR) / DAY);
  const changes = zone.changes(first * DAY - FAR, (last + 1) * DAY + FAR);
  let offset = zone.offsetAt(first * DAY - FAR);
  let next = 0;
  for (let day = first; day <= last; day += 1) {
    const start = day * DAY;
    for (let change = changes[next]; change !== undefined && endOnWall(change) < start; change = changes[next]) {
      offset = change.after;
      next += 1;
    }
    if (!schedule.matches(day)) continue;
    const change = changes[next];
    const isPlain = change === undefined || startOnWall(change) >= start + DAY;
    yield { day, offset: isPlain ? offset : undefined };
  }
}

/** The bounds of the local times that a clock change skips or repeats. */
const startOnWall = ({ at, before, after }: ClockChange): number => at + Math.min(before, after);
const endOnWall = ({ at, before, after }: ClockChange): number => at + Math.max(before, after);

function around(schedule: CronSchedule, zone: TimeZone, local: number): readonly number[] {
  const { instants, gap } = zone.instantsOf(local);
  if (gap !== undefined) return [gap];
  return schedule.everyHour ? instants : instants.slice(0, 1);
}

/** Minutes whose spans touch or overlap, merged into spans after midnight, in milliseconds. */
function runsOf(minutes: readonly number[], length: number): Span[] {
  const runs: { from: number; to: number }[] = [];
  for (const minute of minutes) {
    const start = minute * MINUTE;
    const last = runs.at(-1);
    if (last !== undefined && start <= last.to) last.to = start + length;
    else runs.push({ from: start, to: start + length });
  }
  return runs;
}
