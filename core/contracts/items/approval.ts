import { z } from 'zod';
import { READINESS_VERDICTS } from '../scan-words.ts';
import { timestamp } from './common.ts';

/** What a person (or `liftlock`, by a rule) said of a wave. The last word of each principal counts. */
export const approvalRecord = z.object({
  decision: z.enum(['Approved', 'Rejected']),
  /** Role ARN without session, a person's Identity Center name, or `liftlock`. */
  principal: z.string(),
  at: timestamp,
  /** The wave's plan hash that it was said of; another hash voids it. */
  planHash: z.string(),
  /** The plan has changed since, so that it does not count any more, also when a later plan is the same again. */
  isVoid: z.literal(true).optional(),
  /** How many clusters that plan upgrades in the wave; absent in words of the version before. */
  clusters: z.number().int().nonnegative().optional(),
  /** How many of them were ready, blocked and so on when it was said; which, the audit tells (`WaveShown`). Absent in words of rules. */
  shown: z.partialRecord(z.enum(READINESS_VERDICTS), z.number().int().positive()).optional(),
  comment: z.string().optional(),
});
export type ApprovalRecord = z.infer<typeof approvalRecord>;
