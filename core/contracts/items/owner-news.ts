import { z } from 'zod';
import { READINESS_VERDICTS } from '../scan-words.ts';
import { reasonSchema, timestamp } from './common.ts';

/** One piece of news about one cluster for its owner. */
export const ownerNews = z.object({
  clusterKey: z.string(),
  cluster: z.string(),
  account: z.string(),
  region: z.string(),
  /** `forcedUpgrade`: by EKS at `at`. `patchesOverdue`: due at `at`. `opens`: Liftlock begins at `at`. `moved`, `takenBack`: not as announced. */
  what: z.enum(['blocked', 'ready', 'forcedUpgrade', 'patchesOverdue', 'opens', 'moved', 'takenBack']),
  /** The minor of the news: for a forced upgrade the one that ends, for patches the one that the cluster runs. */
  target: z.string(),
  /** What begins brings up what is behind in the cluster, or gives it newer images and add-ons, at the minor that it runs. */
  withinMinor: z.literal(true).optional(),
  /** For an upgrade of several hops: the minors of all of them, the next one first. */
  hops: z.array(z.string()).optional(),
  /** When EKS or Liftlock upgrades it at the earliest, or when patches were due. */
  at: timestamp.optional(),
  /** The instant that was announced before. */
  announcedFor: timestamp.optional(),
  /** What is in the way. */
  reasons: z.array(reasonSchema),
});
export type OwnerNews = z.infer<typeof ownerNews>;

/** The news for one owner from one look at the fleet. The item stays some time after it was sent, without its news. */
export const ownerNotice = z.object({
  reference: z.string(),
  owner: z.string().nullable(),
  news: z.array(ownerNews),
  sentAt: timestamp.optional(),
});
export type OwnerNotice = z.infer<typeof ownerNotice>;

/** The news that was last sent about one cluster. It changes with a change, and not with each look. */
export const clusterNews = z.object({
  clusterKey: z.string(),
  /** The last verdict that was proved. A look that is old or incomplete proves nothing. */
  readiness: z
    .object({
      at: timestamp,
      isBlocked: z.boolean(),
      /** The minor of the verdict. */
      target: z.string(),
      /** What is in the way, with its owners. */
      stoppers: z.array(z.object({ cause: z.string(), owner: z.string().nullable() })),
    })
    .optional(),
  /** The verdict of its last look, proved or not. The history of its readiness is as old as this. */
  word: z.enum(READINESS_VERDICTS).optional(),
  /** When the look was that last could not read everything, and of which the history of its readiness knows. */
  incompleteAt: timestamp.optional(),
  /**
   * The opening announced last; hours before it the next announcement is due; `notBegunFor`: it has passed, and why it did not begin. `isNextHop`: a hop
   * was made before it. `withinMinor`: it is for no hop.
   */
  announced: z
    .object({
      ...{ rolloutId: z.string(), to: z.string(), at: timestamp, hours: z.number() },
      notBegunFor: z.string().optional(),
      isNextHop: z.boolean().optional(),
      withinMinor: z.literal(true).optional(),
    })
    .optional(),
  /** The end of support whose forced upgrade was announced. */
  forcedAt: timestamp.optional(),
  /** The due date of patches that were reported as overdue. */
  patchesDueAt: timestamp.optional(),
});
export type ClusterNews = z.infer<typeof clusterNews>;
