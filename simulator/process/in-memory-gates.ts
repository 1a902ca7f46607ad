import type { GateReading } from '../../core/contracts/items/gate.ts';
import { gateName } from '../../core/policy/gate-answer.ts';
import type { Gate, GateReader } from '../../core/ports/outside.ts';

type Status = GateReading['status'];

/** The state of a gate at a reading. */
export interface GateShown {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly gate: string;
  readonly status: Status;
}

/**
 * Gates with the answers of a scenario, by alarm or URL. Any other gate is green, because a rehearsal has no network. `onRead` is called with each
 * answer.
 */
export function createInMemoryGates(
  statuses: ReadonlyMap<string, Status>,
  onRead: (gate: string, status: Status) => void = () => {},
): GateReader {
  return {
    read: async (gate) => {
      const status = statuses.get(keyOf(gate)) ?? 'green';
      onRead(keyOf(gate), status);
      return { gate: gateName(gate), status, message: 'As the scenario has it.' };
    },
  };
}

const keyOf = (gate: Gate): string => ('alarm' in gate ? gate.alarm : gate.webhook);
