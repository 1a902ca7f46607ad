import { DAY } from './cron/civil-day.ts';
import type { CronSchedule } from './cron/parse-cron.ts';
import { firings } from './firings.ts';
import type { Span } from './spans.ts';
import type { TimeZone } from './time-zone.ts';

/** 29 February on one weekday comes after 40 years at the latest, across a century without a leap day. */
const LONGEST_WAIT = 41 * 366 * DAY;

/**
 * Spans that begin when `start` fires and end when `end` fires next after that, at least those that touch `[from, to)`, cut off at `to`. An
 * end at the very instant of a start ends what was before, and does not end what starts there.
 */
export function endingSpans(
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
 * The minutes of a day without those between which and the one before them none of `others` lies: another start of what has begun and another
 * end of what has ended tell nothing, and a start or end in every minute would be 1440 of them a day. One that comes together with its other is kept.
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

/** The last firing at or before `instant`: nothing that began before it goes on. */
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
