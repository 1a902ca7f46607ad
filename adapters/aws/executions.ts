import { DescribeExecutionCommand, SFNClient, type SFNClientConfig, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { errorName } from '../../core/contracts/errors.ts';
import { canonicalJson } from '../../core/hash/canonical-json.ts';
import { given } from '../../core/model/given.ts';
import type { ExecutionState, Executions } from '../../core/ports/executions.ts';
import { lightenClient, readLimits } from './request-limits.ts';

interface ExecutionsOptions {
  /** A machine's ARN without its name: `arn:aws:states:eu-central-1:111111111111:stateMachine:liftlock-`. */
  readonly machineArnPrefix: string;
  readonly client?: SFNClientConfig;
}

/** Step Functions. Names of executions are deterministic, so a start that was not acknowledged is simply repeated. */
export function createExecutions({ machineArnPrefix, client: config = {} }: ExecutionsOptions): Executions {
  const client = lightenClient(new SFNClient({ ...readLimits, ...config }));
  return {
    arnFor: (machine, name) => `${machineArnPrefix.replace(':stateMachine:', ':execution:')}${machine}:${name}`,
    async start(machine, name, input) {
      // Step Functions compares inputs as text, so the same input must always give the same text.
      const command = new StartExecutionCommand({
        stateMachineArn: `${machineArnPrefix}${machine}`,
        name,
        input: canonicalJson(input),
      });
      await client.send(command);
    },
    async describe(executionArn) {
      try {
        const { status, input = '', error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
        if (status === undefined) return undefined;
        return { input, status: status as ExecutionState['status'], ...given({ error, cause }) };
      } catch (error) {
        if (errorName(error) === 'ExecutionDoesNotExist') return undefined;
        throw error;
      }
    },
  };
}
