import { z } from 'zod';
import { timestamp } from './common.ts';

const gateReading = z.object({
  /** The alarm, or the webhook's host and path, without anything secret. */
  gate: z.string(),
  status: z.enum(['green', 'red', 'unknown']),
  message: z.string(),
  /** A fault kept it from being asked, so another reading may succeed. */
  mayPass: z.literal(true).optional(),
});
export type GateReading = z.infer<typeof gateReading>;

/** The gates of one wave as they were last read (semantics.md, Waves). */
export const gateState = z.object({
  checkedAt: timestamp,
  readings: z.array(gateReading),
  /** When one of them was last seen red or unknown, or was not read for too long. The soak counts from then. */
  notGreenAt: timestamp.optional(),
});
export type GateState = z.infer<typeof gateState>;
