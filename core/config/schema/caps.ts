import { z } from 'zod';
import { labelKey } from './names.ts';
import { cap } from './quantities.ts';

/** How many clusters may be upgraded at once: of the Fleet for everything, of a policy only to tighten those. */
export const capsSchema = z.strictObject({
  total: cap.optional().describe('Upgrades at once, in the whole fleet.'),
  perAccount: cap.optional().describe('Upgrades at once, in one AWS account.'),
  perRegion: cap.optional().describe('Upgrades at once, in one Region.'),
  perLabel: z
    .record(labelKey, cap)
    .optional()
    .describe('Upgrades at once, per distinct value of a label; clusters without it count as one value.'),
});
