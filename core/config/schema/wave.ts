import { z } from 'zod';
import { labelSelectorSchema } from './label-selector.ts';
import { objectName } from './names.ts';
import { concurrency, failures } from './quantities.ts';

const clusterName = z
  .string()
  .regex(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/, 'is not the name of an EKS cluster')
  .describe('The name of an EKS cluster.');

export const waveSchema = z
  .strictObject({
    name: objectName.describe('Unique in the policy.'),
    selector: labelSelectorSchema.optional(),
    clusters: z
      .array(clusterName)
      .min(1, 'is empty: name clusters, or leave it out to take all that are left')
      .max(10_000, 'lists more than 10000 clusters')
      .optional()
      .describe('The clusters of this wave by name, instead of a selector.'),
    maxConcurrency: concurrency
      .default(1)
      .describe("Clusters at once: a number, or a share of the wave's clusters (rounded down, at least 1)."),
    failureBudget: z
      .strictObject({
        maxFailures: failures
          .default(0)
          .describe(
            "More failures than this halt the rollout: a number, or a share of the wave's clusters (rounded down).",
          ),
      })
      .default({ maxFailures: 0 })
      .describe('How much may fail.'),
  })
  .describe(
    'One step of the rollout. A cluster belongs to the first wave that matches it; without selector and clusters: all that are left.',
  );
