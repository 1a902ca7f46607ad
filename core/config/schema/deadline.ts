import { z } from 'zod';
import { duration } from './quantities.ts';

const deadlineError =
  'is not a deadline: write 2026-12-02 (that day 00:00 UTC), an instant such as 2026-12-02T18:00:00Z, or { beforeEndOf: standardSupport, margin: 14d }';

/** Until when every cluster of the policy should be at its target (semantics.md, Deadline). */
export const deadlineSchema = z
  .union(
    [
      z.string().regex(/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2}))?$/, deadlineError),
      z.strictObject({
        beforeEndOf: z
          .enum(['standardSupport', 'extendedSupport'])
          .describe('The earliest end of support among the versions that the clusters run.'),
        margin: duration.default('0s').describe('So long before it, such as 14d.'),
      }),
    ],
    deadlineError,
  )
  .describe(
    '2026-12-02 (that day 00:00 UTC, exclusive), an instant, or { beforeEndOf: standardSupport, margin: 14d }.',
  );
