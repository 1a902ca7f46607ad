import { z } from 'zod';
import { timestamp } from './common.ts';

/** A person's order that lets one cluster or one wave pass its windows and freezes (docs/protocol.md, Break-glass). */
export const breakGlass = z.object({
  reason: z.string(),
  until: timestamp,
  /** For a wave: the plan that the person has seen. Another plan is not covered. */
  planHash: z.string().optional(),
  /** A policy demanded a second person when the order was given. A hop by another policy demands as many. */
  fourEyes: z.literal(true).optional(),
  /** Who asked and who agreed, in this order. */
  by: z.array(z.object({ principal: z.string(), at: timestamp })),
});
export type BreakGlass = z.infer<typeof breakGlass>;
