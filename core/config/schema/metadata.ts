import { z } from 'zod';
import { labelMap, objectName } from './names.ts';

/** As in Kubernetes: only the name has a meaning here, labels and annotations are for people and their tools. */
export const metadataSchema = z
  .strictObject({
    name: objectName.describe('Unique among the objects of its kind.'),
    labels: labelMap.optional().describe('For your own use.'),
    annotations: z.record(z.string(), z.string()).optional().describe('For your own use.'),
  })
  .describe('Which object this is.');
