import { z } from 'zod';
import { timestamp } from './common.ts';

export const gateReading = z.object({
  /** The alarm, or the webhook's host and path: nothing secret. */
  gate: z.string(),
  status: z.enum(['green', 'red', 'unknown']),
  message: z.string(),
  /** Nobody could ask, for a fault: another reading may tell. */
  mayPass: z.literal(true).optional(),
});
export type GateReading = z.infer<typeof gateReading>;

/** The gates of one wave as they were read last (semantics.md, Soak). */
export const gateState = z.object({
  checkedAt: timestamp,
  readings: z.array(gateReading),
  /** When one of them was last seen red or unknown, or was not looked at for too long: the soak counts from there. */
  notGreenAt: timestamp.optional(),
});
export type GateState = z.infer<typeof gateState>;
