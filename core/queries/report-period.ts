import { durationMilliseconds } from '../calendar/duration.ts';
import { HISTORY_MILLISECONDS } from '../readiness/readiness-history.ts';
import { Refusal } from './refusal.ts';

const MOST_DAYS = HISTORY_MILLISECONDS / 86_400_000;

/** From when on a report tells: a duration before now, such as 90d, or a date. */
export function periodStart(since: string, now: Date): Date {
  const start = /^\d{1,5}[mhdw]$/.test(since)
    ? now.getTime() - durationMilliseconds(since)
    : /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(since)
      ? Date.parse(since)
      : Number.NaN;
  // JavaScript takes the 31st of February for the 3rd of March.
  const isNoDay = since.includes('-') && !new Date(start || 0).toISOString().startsWith(since.slice(0, 10));
  if (Number.isNaN(start) || isNoDay)
    throw new Refusal(
      'InvalidInput',
      `since ${since} is neither a duration such as 90d nor a date such as 2026-08-01.`,
    );
  if (start >= now.getTime() || start < now.getTime() - HISTORY_MILLISECONDS)
    throw new Refusal('InvalidInput', `since ${since} is not in the last ${MOST_DAYS} days.`);
  return new Date(start);
}
