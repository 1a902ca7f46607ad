import { z } from 'zod';
import { READINESS_VERDICTS } from '../scan-words.ts';
import { reasonSchema, timestamp } from './common.ts';

/** One thing that an owner hears of one cluster. */
export const ownerNews = z.object({
  clusterKey: z.string(),
  cluster: z.string(),
  account: z.string(),
  region: z.string(),
  /** `forcedUpgrade`: EKS moves it by itself. `patchesOverdue`: its policy wanted something newer inside its minor by then. `opens`: Liftlock does from an instant on; `moved`, `takenBack`: not then, as was announced. */
  what: z.enum(['blocked', 'ready', 'forcedUpgrade', 'patchesOverdue', 'opens', 'moved', 'takenBack']),
  /** The minor that it is about; of a forced upgrade the one that ends, of patches the one that it is at. */
  target: z.string(),
  /** Where Liftlock goes there hop by hop: the minors of all of them, the next one first. */
  hops: z.array(z.string()).optional(),
  /** When EKS or Liftlock does so at the earliest, or patches were due. */
  at: timestamp.optional(),
  /** When it was announced for. */
  announcedFor: timestamp.optional(),
  /** What is in the way. */
  reasons: z.array(reasonSchema),
});
export type OwnerNews = z.infer<typeof ownerNews>;

/** What one owner is told in one look at the fleet. It stays a while after it was sent, without its news. */
export const ownerNotice = z.object({
  reference: z.string(),
  owner: z.string().nullable(),
  news: z.array(ownerNews),
  sentAt: timestamp.optional(),
});
export type OwnerNotice = z.infer<typeof ownerNotice>;

/** What was last told of one cluster. It changes with a change, not with each look. */
export const clusterNews = z.object({
  clusterKey: z.string(),
  /** The last verdict that was proved; what is old or could not be read proves nothing. */
  readiness: z
    .object({
      at: timestamp,
      isBlocked: z.boolean(),
      /** The minor about which it is said. */
      target: z.string(),
      /** What is in the way, with whose it is. */
      stoppers: z.array(z.object({ cause: z.string(), owner: z.string().nullable() })),
    })
    .optional(),
  /** What its last look came to, proved or not: the history of its readiness is as old as this. */
  word: z.enum(READINESS_VERDICTS).optional(),
  /** The opening that was announced last, and how long before it that is done next: hours. `notBegunFor`: it has passed, and the code of what was told to have kept the cluster from it. */
  announced: z
    .object({
      ...{ rolloutId: z.string(), to: z.string(), at: timestamp, hours: z.number() },
      notBegunFor: z.string().optional(),
    })
    .optional(),
  /** The end of support whose forced upgrade was told. */
  forcedAt: timestamp.optional(),
  /** By when patches were due that were told to be overdue. */
  patchesDueAt: timestamp.optional(),
});
export type ClusterNews = z.infer<typeof clusterNews>;
