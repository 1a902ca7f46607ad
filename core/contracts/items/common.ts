import { z } from 'zod';
import type { AnyCode } from '../reasons.ts';

/** RFC 3339 UTC with milliseconds, as `Date.toISOString()` writes it: such texts sort by time. */
export const timestamp = z.iso.datetime();

/** Codes are kept as they were written, whichever version wrote them: what an item says is never lost for a word. */
const code = z.string() as z.ZodType<string, string> as z.ZodType<AnyCode, string>;
export const reasonSchema = z.object({ code, message: z.string() });

/** As in Kubernetes. */
export const condition = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: timestamp,
});
export type Condition = z.infer<typeof condition>;

/** What is kept of a condition whose words follow from the item that has it (core/store/with-conditions.ts). */
export const conditionState = condition.omit({ reason: true, message: true });
export type ConditionState = z.infer<typeof conditionState>;
