import { gateName } from '../../core/policy/gate-name.ts';
import type { Gate, GateReader } from '../../core/ports/gates.ts';

type Status = 'green' | 'red' | 'unknown';

/** Gates that answer as a scenario has it, by alarm or URL; what it does not name is green: a rehearsal has no network. */
export function createInMemoryGates(statuses: ReadonlyMap<string, Status>): GateReader {
  return {
    read: async (gate) => ({
      gate: gateName(gate),
      status: statuses.get(keyOf(gate)) ?? 'green',
      message: 'As the scenario has it.',
    }),
  };
}

const keyOf = (gate: Gate): string => ('alarm' in gate ? gate.alarm : gate.webhook);
