import { z } from 'zod';
import { timestamp } from './common.ts';

/** Who has stopped the fleet, when and why. */
export const fleetStop = z.object({
  by: z.string().optional(),
  at: timestamp.optional(),
  reason: z.string().optional(),
});
export type FleetStop = z.infer<typeof fleetStop>;
