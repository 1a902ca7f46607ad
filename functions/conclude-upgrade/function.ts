import { type StepInput, stepInput } from '../../core/contracts/step-input.ts';
import type { Ports } from '../../core/ports/ports.ts';
import { type Conclusion, concludeUpgrade } from '../../core/steps/conclude-upgrade.ts';
import { type FunctionDefinition, parseOrRefuse } from '../runtime/function-definition.ts';

type ConcludePorts = Pick<Ports, 'table' | 'clock' | 'events' | 'eks'>;

/** Concludes an execution. A nested execution counts as no end of an upgrade: only the one that holds the grant does. */
export const definition: FunctionDefinition<ConcludePorts, StepInput, Conclusion> = {
  name: 'conclude-upgrade',
  parse: (event) => parseOrRefuse(stepInput, event, 'The input of the step'),
  run: (ports, input) => concludeUpgrade(ports, input),
  correlation: ({ execution, step }) => ({ execution: execution.arn, step }),
  counts: ({ status, nested }) => (nested ? {} : { [`Upgrades${status}` as const]: 1 }),
};
