import { z } from 'zod';
import { durationMilliseconds } from '../../calendar/duration.ts';
import { matching } from './names.ts';

export { durationMilliseconds };

/** No fleet is that large; a larger number is a typing mistake. */
export const maxCount = 100_000;

/** A cap. 0 is refused, because it would stop everything without telling anybody. */
export const cap = z
  .int()
  .min(
    1,
    'must be at least 1: a cap of 0 would stop upgrades without a word. To stop them use mode: observe or `liftlock fleet stop`',
  )
  .max(maxCount);

const failuresError = 'must be a number of clusters (0 or more) or a share such as "10%" (0% to 100%, whole percents)';

/** `n` or `"25%"` of a wave's clusters or of a cluster's nodes. Every branch has the message, because zod reports the nearest branch. */
export function countOrShare(things: 'clusters' | 'nodes') {
  const error = `must be a number of ${things} (1 or more) or a share such as "25%" (1% to 100%, whole percents)`;
  return z.union([z.int(error).min(1, error).max(maxCount), matching(/^(?:[1-9]\d?|100)%$/, error)], error);
}

export const concurrency = countOrShare('clusters');

/** `n` or `"10%"` of a wave's clusters; with 0 the first failure halts the wave. */
export const failures = z.union(
  [z.int(failuresError).min(0, failuresError).max(maxCount), matching(/^(?:\d|[1-9]\d|100)%$/, failuresError)],
  failuresError,
);

const DURATION = /^(?=.)(?:\d{1,5}d)?(?:\d{1,6}h)?(?:\d{1,7}m)?(?:\d{1,8}s)?$/;

const durationError = 'is not a duration: write 45m, 6h, 4d or 1d12h (a day is 24 hours)';

/** Elapsed time: `90m`, `6h`, `4d`, `1d12h`. A day is 24 hours, also when the clocks change. */
export const duration = z
  .string(durationError)
  .regex(DURATION, { error: durationError, abort: true })
  .refine((text) => durationMilliseconds(text) <= 400 * 86_400_000, 'is longer than 400 days');

export const positiveDuration = duration.refine(
  (text) => durationMilliseconds(text) > 0,
  'lasts no time at all; leave it out where nothing is meant',
);
