import { z } from 'zod';

/** RFC 3339 UTC with milliseconds, as `Date.toISOString()` writes it: such texts sort by time. */
export const timestamp = z.iso.datetime();

export const reasonSchema = z.object({ code: z.string(), message: z.string() });

/** As in Kubernetes. */
export const condition = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: timestamp,
});
export type Condition = z.infer<typeof condition>;
