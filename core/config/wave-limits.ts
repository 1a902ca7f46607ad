import type { Wave } from './types.ts';

/**
 * How many clusters of a wave may be upgraded at once.
 * @param members clusters of the wave that need work at its start, without excluded and quarantined ones
 * @returns the number, or the share rounded down and at least 1 (semantics.md, Waves)
 */
export function concurrencyLimit(wave: Pick<Wave, 'maxConcurrency'>, members: number): number {
  return Math.max(1, countOf(wave.maxConcurrency, members));
}

/**
 * How many failures a wave may have; one more halts it. A share is rounded down, so that rounding never exceeds a budget: 10% of nine clusters is 0.
 */
export function failureLimit(
  wave: { failureBudget: Pick<Wave['failureBudget'], 'maxFailures'> },
  members: number,
): number {
  return countOf(wave.failureBudget.maxFailures, members);
}

/** Integers avoid rounding errors: 29% of 100 is 29, where 100 * 0.29 is 28.999999999999996. */
function countOf(limit: number | string, members: number): number {
  if (typeof limit === 'number') return limit;
  return Math.floor((Number(limit.slice(0, -1)) * members) / 100);
}
