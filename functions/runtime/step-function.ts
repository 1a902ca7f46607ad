import { STEP_METRICS } from '../../core/contracts/metrics.ts';
import type { FunctionName } from '../../core/contracts/names.ts';
import { type StepInput, stepInput } from '../../core/contracts/step-input.ts';
import type { StepStatus } from '../../core/contracts/step-result.ts';
import { type FunctionDefinition, parseOrRefuse } from './function-definition.ts';

/** A step of a state machine. The machine passes its own input and its execution, and a Choice state reads `status` of the answer. */
export function stepFunction<Ports, Output extends { readonly status: StepStatus }>(
  name: FunctionName,
  useCase: (ports: Ports, input: StepInput) => Promise<Output>,
): FunctionDefinition<Ports, StepInput, Output> {
  return {
    name,
    parse: (event) => parseOrRefuse(stepInput, event, 'The input of the step'),
    run: (ports, input) => useCase(ports, input),
    correlation: ({ execution, step, nodegroup }) => ({
      execution: execution.arn,
      step,
      ...(nodegroup === undefined ? {} : { nodegroup }),
    }),
    counts: ({ status }) => ({ [STEP_METRICS[status]]: 1 }),
  };
}
