/**
 * Milliseconds between two runs of `rate(1 minute)`. Undefined for anything else: cron() and at() are not understood, and a schedule that
 * would never run must stop the start.
 */
export function rateMilliseconds(expression: string): number | undefined {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count === undefined || Number(count) < 1) return undefined;
  const minutes = { minute: 1, hour: 60, day: 1_440 }[unit as 'minute' | 'hour' | 'day'];
  return Number(count) * minutes * 60_000;
}
