import type { GateReader } from '../../core/ports/gates.ts';

/** Gates that nobody can ask are unknown, which never lets a wave pass. */
export function createGateReader(): GateReader {
  return {
    read: async (gate) => ({
      gate: 'alarm' in gate ? gate.alarm : gate.webhook,
      status: 'unknown',
      message: 'This release cannot ask it.',
    }),
  };
}
