import { z } from 'zod';
import { plannedFault } from '../faults/planned-fault.ts';

/** A run as data, which can be repeated exactly. */
export const simulation = z.strictObject({
  seed: z.number().int(),
  /** A synthetic fleet of this many clusters, or a folder that describes one. */
  fleet: z.union(
    [
      z.strictObject({ clusters: z.number().int().positive(), target: z.string() }),
      z.strictObject({ folder: z.string(), target: z.string().optional() }),
    ],
    'is neither a number of clusters with their target nor a folder',
  ),
  /** Names of the clusters that take part; all when absent. */
  only: z.array(z.string()).optional(),
  faults: z.array(plannedFault),
});
export type Simulation = z.infer<typeof simulation>;
