import { given } from '../../../core/model/given.ts';
import { UnsupportedDefinition } from '../../asl/definition/diagnostics.ts';
import type { HistoryEvent } from '../../asl/interpreter/history-event.ts';
import type { ExecutionDescription } from '../../asl/runner/execution-description.ts';
import type { MachineRecord } from '../../asl/runner/machine-registry.ts';
import type { Page, RedriveExecution } from '../../asl/runner/requests.ts';
import type { Runner } from '../../asl/runner/runner.ts';
import { ServiceError } from '../../asl/runner/service-error.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import type { LocalCloud } from '../local-cloud.ts';
import type { OperationContext, Operations } from '../operation.ts';

/** The parts that keep state machines made by users. */
type MachineHost = Pick<LocalCloud, 'runner' | 'authority' | 'kept' | 'byHand'>;

interface ListExecutionsInput extends Page {
  readonly stateMachineArn: string;
  readonly statusFilter?: ExecutionDescription['status'];
  readonly redriveFilter?: string;
}

interface ExecutionInput {
  readonly executionArn: string;
}

const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/** Step Functions, over the interpreter's runner. `createdAt` is the time when the stacks were installed. */
export function machineOperations(
  runner: Runner,
  createdAt: Date,
  onAct: (eventName: string, asked: object, answered: object, by: OperationContext) => void,
): Operations {
  const record = (arn: string): MachineRecord => runner.machines.get(arn).record;
  const described = (machine: MachineRecord) => ({
    stateMachineArn: machine.arn,
    name: machine.name,
    status: 'ACTIVE',
    definition: definitionText(machine.definitions.at(-1)),
    roleArn: machine.roleArn,
    type: machine.type,
    creationDate: createdAt,
  });
  return asFaults({
    StartExecution: async (
      input: { stateMachineArn: string; name?: string; input?: string },
      context: OperationContext,
    ) => {
      const { stateMachineArn: machineArn, name, input: text } = input;
      const started = await runner.startExecution({ machineArn, ...given({ name, input: text }) });
      const asked = { stateMachineArn: machineArn, name: started.executionArn.split(':').at(-1), input: HIDDEN };
      onAct('StartExecution', asked, { executionArn: started.executionArn }, context);
      return started;
    },
    DescribeExecution: ({ executionArn }: ExecutionInput) => withDetails(runner.describeExecution(executionArn)),
    StopExecution: async (
      { executionArn, error, cause }: ExecutionInput & { error?: string; cause?: string },
      context: OperationContext,
    ) => {
      const stopped = await runner.stopExecution({ executionArn, ...given({ error, cause }) });
      onAct('StopExecution', { executionArn, error: HIDDEN, cause: HIDDEN }, stopped, context);
      return stopped;
    },
    RedriveExecution: async (input: RedriveExecution, context: OperationContext) => {
      const redriven = await runner.redriveExecution(input);
      onAct('RedriveExecution', { executionArn: input.executionArn }, redriven, context);
      return redriven;
    },
    ListExecutions: (input: ListExecutionsInput) => {
      const { stateMachineArn: machineArn, redriveFilter, ...page } = input;
      if (redriveFilter !== undefined)
        throw new ServiceError(
          'ValidationException',
          'redriveFilter is for the executions of a Map Run, not of a machine',
        );
      const { executions, ...next } = runner.listExecutions({ machineArn, ...page });
      return {
        executions: executions.map(listed),
        ...next,
      };
    },
    GetExecutionHistory: (input: ExecutionInput & Page & { reverseOrder?: boolean }) => {
      const { events, ...next } = runner.getExecutionHistory(input);
      return { events: events.map(withDate), ...next };
    },
    ListStateMachines: (_: object, { account, region }: OperationContext) => ({
      stateMachines: runner.machines
        .records()
        .filter(({ arn }) => arn.startsWith(`arn:aws:states:${region}:${account}:`))
        .map(({ arn, name, type }) => ({ stateMachineArn: arn, name, type, creationDate: createdAt })),
    }),
    DescribeStateMachine: ({ stateMachineArn }: { stateMachineArn: string }) => described(record(stateMachineArn)),
    DescribeStateMachineForExecution: ({ executionArn }: ExecutionInput) => {
      const machine = record(runner.describeExecution(executionArn).stateMachineArn);
      const { stateMachineArn, name, definition, roleArn } = described(machine);
      return { stateMachineArn, name, definition, roleArn, updateDate: createdAt };
    },
    SendTaskSuccess: async (input: { taskToken: string; output: string }) => {
      await runner.sendTaskSuccess(input);
      return {};
    },
    SendTaskFailure: async (input: { taskToken: string; error?: string; cause?: string }) => {
      await runner.sendTaskFailure(input);
      return {};
    },
    SendTaskHeartbeat: async (input: { taskToken: string }) => {
      await runner.sendTaskHeartbeat(input);
      return {};
    },
  });
}

interface CreateInput {
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly type?: 'STANDARD' | 'EXPRESS';
  readonly tags?: readonly Tag[];
}

interface Tag {
  readonly key: string;
  readonly value: string;
}

/** State machines that users create beside those of the stacks. */
export function machinesByHand({ runner, authority, kept, byHand }: MachineHost): Operations {
  const tag = (arn: string, tags: readonly Tag[] = []) =>
    byHand.tag(arn, Object.fromEntries(tags.map(({ key, value }) => [key, value])));
  return asFaults({
    CreateStateMachine: ({ name, definition, roleArn, type, tags }: CreateInput, { account, region, now }) => {
      const arn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
      const source = { service: 'states.amazonaws.com', sourceArn: arn, sourceAccount: account };
      authority.inRole(roleArn, source, [], `creation of ${name}`);
      runner.machines.create({ arn, name, definition, roleArn, ...given({ type }) });
      kept.executions.keepMachines(runner.machines.records());
      tag(arn, tags);
      return { stateMachineArn: arn, creationDate: now };
    },
    TagResource: ({ resourceArn, tags }: { resourceArn: string; tags: readonly Tag[] }) => {
      runner.machines.get(resourceArn);
      tag(resourceArn, tags);
      return {};
    },
  });
}

const included = { included: true };

const withDetails = (execution: ExecutionDescription) => ({
  ...execution,
  inputDetails: included,
  ...(execution.output === undefined ? {} : { outputDetails: included }),
});

const listed = (execution: ExecutionDescription) => {
  const { executionArn, stateMachineArn, name, status, startDate, stopDate, redriveCount, redriveDate } = execution;
  return { executionArn, stateMachineArn, name, status, startDate, stopDate, redriveCount, redriveDate };
};

const withDate = ({ timestamp, ...event }: HistoryEvent) => ({ ...event, timestamp: new Date(timestamp) });

const definitionText = (definition: unknown): string =>
  typeof definition === 'string' ? definition : JSON.stringify(definition);

/** The runner's refusals already have AWS's names. A definition that AWS takes and the interpreter does not is refused as any call that is not there. */
function asFaults(operations: Operations): Operations {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      async (input: never, context: OperationContext) => {
        try {
          return await operation(input, context);
        } catch (error) {
          if (error instanceof UnsupportedDefinition)
            throw new AwsFault('NotImplemented', error.message, { status: 501 });
          throw error instanceof ServiceError ? new AwsFault(error.name, error.message) : error;
        }
      },
    ]),
  );
}
