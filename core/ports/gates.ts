import type { Wave } from '../config/types.ts';
import type { GateReading } from '../contracts/items/gate.ts';

/** `{ alarm }` or `{ webhook, secret? }`, as a policy names it. */
export type Gate = Wave['gates'][number];

/** Asks whether all is well outside. Never fails: what cannot be asked, or does not answer within ten seconds, is `unknown`. */
export interface GateReader {
  read(gate: Gate, allowedHosts: readonly string[]): Promise<GateReading>;
}
