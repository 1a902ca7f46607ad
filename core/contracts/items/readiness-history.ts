import { z } from 'zod';
import { READINESS_VERDICTS } from '../scan-words.ts';
import { timestamp } from './common.ts';

const word = z.enum(READINESS_VERDICTS);

const cause = z.object({
  cause: z.string(),
  /** The cause in words, as the scan's finding has them; absent where the cause is a sentence itself, and in items of earlier releases. */
  what: z.string().optional(),
  owner: z.string().nullable(),
  /** The minor that it stops. */
  target: z.string(),
  since: timestamp,
});

/** How a cause that stopped a hop ended. */
const CAUSE_ENDS = ['upgraded', 'waived', 'noLongerThere', 'clusterDeleted'] as const;

const endedCause = cause.extend({
  until: timestamp,
  how: z.enum(CAUSE_ENDS),
  /** Who applied the waiver. */
  by: z.string().optional(),
});

/** The readiness of one cluster over time, as hourly looks found it: the newest first, and only as much as one item holds. */
export const readinessHistory = z.object({
  clusterKey: z.string(),
  /** Its verdict now; absent for a cluster that is gone. */
  word: z.object({ verdict: word, since: timestamp }).optional(),
  /** The causes that stop it now. */
  causes: z.array(cause),
  ended: z.array(endedCause),
  words: z.array(z.object({ verdict: word, since: timestamp, until: timestamp })),
});
export type ReadinessHistory = z.infer<typeof readinessHistory>;

/** How many clusters had each verdict at the last look of one day. */
export const readinessDay = z.object({
  /** YYYY-MM-DD, in UTC. */
  date: z.string(),
  at: timestamp,
  counts: z.partialRecord(word, z.number().int().nonnegative()),
});
