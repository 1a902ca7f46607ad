import type { MachineName } from '../../core/contracts/names.ts';
import { canonicalJson } from '../../core/hash/canonical-json.ts';
import type { ExecutionState, Executions } from '../../core/ports/executions.ts';
import type { Runner } from '../asl/runner/runner.ts';
import { ServiceError } from '../asl/runner/service-error.ts';
import { MACHINE_ARN_PREFIX } from './machines.ts';

/** The port of core on the interpreter's runner. */
export function createInMemoryExecutions(runner: Runner): Executions {
  return {
    arnFor: (machine: MachineName, name: string) =>
      `${MACHINE_ARN_PREFIX.replace(':stateMachine:', ':execution:')}${machine}:${name}`,
    start: async (machine, name, input) => {
      await runner.startExecution({
        machineArn: `${MACHINE_ARN_PREFIX}${machine}`,
        name,
        input: canonicalJson(input),
      });
    },
    describe: async (executionArn): Promise<ExecutionState | undefined> => {
      try {
        const { status, input, error, cause } = runner.describeExecution(executionArn);
        return { input, status, ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
      } catch (error) {
        if (error instanceof ServiceError && error.name === 'ExecutionDoesNotExist') return undefined;
        throw error;
      }
    },
  };
}
