import { durationMilliseconds } from '../calendar/duration.ts';
import { HISTORY_MILLISECONDS } from '../readiness/readiness-history.ts';
import { invalidInput } from './refusal.ts';

const MOST_DAYS = HISTORY_MILLISECONDS / 86_400_000;

/** The end of a report's period: a date, or now. */
export function periodEnd(until: string | undefined, now: Date): Date {
  if (until === undefined) return now;
  const end = dateOf(until);
  if (end === undefined) throw invalidInput(`until ${until} is no date; write it as 2026-10-01.`);
  return end < now ? end : now;
}

/** A day, which begins at midnight UTC, or an instant. Undefined for dates such as the 31st of February, which JavaScript takes for the 3rd of March. */
export function dateOf(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text.slice(0, 10)) ? undefined : date;
}

/** The instant that a duration before now, such as 90d, or a date means. */
export const startOf = (since: string, now: Date): Date | undefined =>
  /^\d{1,5}[mhd]$/.test(since) ? new Date(now.getTime() - durationMilliseconds(since)) : dateOf(since);

/** The begin of a report's period. */
export function periodStart(since: string, now: Date): Date {
  const start = startOf(since, now)?.getTime();
  if (start === undefined)
    throw invalidInput(`since ${since} is neither a duration such as 90d nor a date such as 2026-08-01.`);
  if (start >= now.getTime())
    throw invalidInput(`since ${since} is not before the end of the period, ${now.toISOString()}.`);
  if (start < now.getTime() - HISTORY_MILLISECONDS)
    throw invalidInput(`since ${since} is not in the last ${MOST_DAYS} days.`);
  return new Date(start);
}
