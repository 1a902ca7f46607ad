import { z } from 'zod';
import { timestamp } from './common.ts';

/** A person's order to let one cluster, or one wave, go outside of its windows and inside freezes (docs/protocol.md, Break-glass). */
export const breakGlass = z.object({
  reason: z.string(),
  until: timestamp,
  /** Of a wave: the plan that whoever asked has seen; another plan is not covered. */
  planHash: z.string().optional(),
  /** A policy asked for a second person when it was asked for: another one by which a hop goes asks for no fewer. */
  fourEyes: z.literal(true).optional(),
  /** Who asked and agreed, in this order. */
  by: z.array(z.object({ principal: z.string(), at: timestamp })),
});
export type BreakGlass = z.infer<typeof breakGlass>;
