import { z } from 'zod';
import type { AnyCode } from '../reasons.ts';

/** RFC 3339 in UTC with milliseconds, as `Date.toISOString()` writes it. Such texts sort by time. */
export const timestamp = z.iso.datetime();

/** A code is kept as it was written, whatever version wrote it, so that an unknown code makes no item unreadable. */
const code = z.string() as z.ZodType<string, string> as z.ZodType<AnyCode, string>;
export const reasonSchema = z.object({ code, message: z.string() });

/** A condition as in Kubernetes. */
export const condition = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: timestamp,
});
export type Condition = z.infer<typeof condition>;

/** The stored part of a condition whose texts follow from its item (core/store/with-conditions.ts). */
export const conditionState = condition.omit({ reason: true, message: true });
export type ConditionState = z.infer<typeof conditionState>;
