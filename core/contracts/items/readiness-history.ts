import { z } from 'zod';
import { READINESS_VERDICTS } from '../scan-words.ts';
import { timestamp } from './common.ts';

const word = z.enum(READINESS_VERDICTS);

const cause = z.object({
  cause: z.string(),
  /** The same in words, as the finding that speaks for it has them; absent where the cause is a sentence, and of before there were any. */
  what: z.string().optional(),
  owner: z.string().nullable(),
  /** The minor that it stops. */
  target: z.string(),
  since: timestamp,
});

/** How something ended that stopped a hop. */
export const CAUSE_ENDS = ['upgraded', 'waived', 'noLongerThere', 'clusterDeleted'] as const;

const endedCause = cause.extend({
  until: timestamp,
  how: z.enum(CAUSE_ENDS),
  /** Who applied the waiver. */
  by: z.string().optional(),
});

/** What was so of one cluster, and from when to when, as hourly looks have found it: the newest first, and no more than has room. */
export const readinessHistory = z.object({
  clusterKey: z.string(),
  /** What it is now; absent of a cluster that is gone. */
  word: z.object({ verdict: word, since: timestamp }).optional(),
  /** What stops it now. */
  causes: z.array(cause),
  ended: z.array(endedCause),
  words: z.array(z.object({ verdict: word, since: timestamp, until: timestamp })),
});
export type ReadinessHistory = z.infer<typeof readinessHistory>;

/** How many clusters were what at the last look of one day. */
export const readinessDay = z.object({
  /** YYYY-MM-DD, in UTC. */
  date: z.string(),
  at: timestamp,
  counts: z.partialRecord(word, z.number().int().nonnegative()),
});
