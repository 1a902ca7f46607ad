import type { GateReading } from '../../core/contracts/items/gate.ts';
import { gateName } from '../../core/policy/gate-answer.ts';
import type { Gate, GateReader } from '../../core/ports/outside.ts';

type Status = GateReading['status'];

/** What the world showed when a gate was read. */
export interface GateShown {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly gate: string;
  readonly status: Status;
}

/**
 * Gates that answer as a scenario has it, by alarm or URL; what it does not name is green: a rehearsal has no network. `onRead` is told what
 * each of them showed.
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
