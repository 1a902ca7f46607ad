import type { Execution } from '../../asl/interpreter/execution.ts';
import type { ExecutionDescription } from '../../asl/runner/execution-description.ts';
import type { AuthorizeChild } from '../../asl/runner/requests.ts';
import { type InvokeTask, TaskError } from '../../asl/runner/task-invocation.ts';
import {
  hearOfChildren,
  invokeFunction,
  startChild,
  stopChild,
  watchChild,
} from '../../iam/requirements/service-work.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import type { Authority } from '../authority.ts';
import type { EventBuses } from '../events/event-buses.ts';
import { FunctionFailure, type Functions } from '../lambda/functions.ts';
import type { Wiring } from '../wiring.ts';

/** Runs the tasks of executions in the role of their state machine. Liftlock's definitions use only the integration `lambda:invoke`. */
export function taskRunner(functions: Functions, authority: Authority, wiring: Wiring, account: string): InvokeTask {
  return async (task, { machine, execution }) => {
    const { FunctionName: arn, Payload: payload } = task.arguments as { FunctionName: string; Payload?: unknown };
    if (!/:states:::lambda:invoke$/.test(task.resource))
      throw new TaskError('States.Runtime', `The local cloud does not integrate ${task.resource}.`);
    const source = { service: 'states.amazonaws.com', sourceArn: machine.arn, sourceAccount: account };
    try {
      const where = `state ${stateOf(execution, task.taskId)} of ${machine.name}`;
      authority.inRole(machine.roleArn ?? '', source, invokeFunction(arn), where);
    } catch (error) {
      throw error instanceof AwsFault ? new TaskError('Lambda.AccessDeniedException', error.message) : error;
    }
    wiring.record(machine.arn, arn);
    try {
      return { StatusCode: 200, Payload: JSON.parse(await functions.invoke(arn, JSON.stringify(payload ?? {}))) };
    } catch (error) {
      if (error instanceof FunctionFailure) throw new TaskError(error.name, JSON.stringify(error.error));
      const { name, message } = error as Error;
      throw new TaskError(`Lambda.${name}`, message);
    }
  };
}

function stateOf(execution: Readonly<Execution>, taskId: string): string {
  const task = execution.tasks[taskId];
  return execution.strands[task?.strand ?? '']?.state ?? 'unknown';
}

/** Checks a state machine's calls to its children against its role: for `.sync` also the rule that reports their end. */
export function childAccess(authority: Authority, wiring: Wiring, account: string): AuthorizeChild {
  return (action, resource, parent) => {
    const { stateMachineArn, stateMachineName, roleArn = '' } = parent;
    const source = { service: 'states.amazonaws.com', sourceArn: stateMachineArn, sourceAccount: account };
    const needed = {
      'states:StartExecution': () => startChild(resource),
      'states:DescribeExecution': () => [...watchChild(resource), ...hearOfChildren(stateMachineArn)],
      'states:StopExecution': () => stopChild(resource),
    };
    try {
      if (action === 'states:StartExecution') wiring.record(stateMachineArn, resource);
      authority.inRole(roleArn, source, needed[action](), `${action.slice('states:'.length)} by ${stateMachineName}`);
    } catch (error) {
      throw error instanceof AwsFault ? new TaskError('StepFunctions.StepFunctionsException', error.message) : error;
    }
  };
}

const included = { included: true };

/** Publishes on the default bus that an execution has started, was redriven or has ended, with the recorded members of AWS. */
export function statusEvents(
  buses: EventBuses,
  uuid: () => string,
  now: () => Date,
): (execution: ExecutionDescription) => void {
  return (execution) => {
    const { executionArn, stateMachineArn, name, status, startDate, stopDate, input, output, error, cause } = execution;
    const { redriveCount, redriveDate, redriveStatus, redriveStatusReason } = execution;
    const [, , , region = '', account = ''] = executionArn.split(':');
    buses.publish(`arn:aws:events:${region}:${account}:event-bus/default`, {
      version: '0',
      id: uuid(),
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account,
      region,
      time: `${now().toISOString().slice(0, 19)}Z`,
      resources: [executionArn],
      detail: {
        executionArn,
        stateMachineArn,
        name,
        status,
        startDate: startDate.getTime(),
        stopDate: stopDate?.getTime() ?? null,
        input,
        output: output ?? null,
        error: error ?? null,
        cause: cause ?? null,
        stateMachineVersionArn: null,
        stateMachineAliasArn: null,
        redriveCount,
        redriveDate: redriveDate?.getTime() ?? null,
        redriveStatus,
        redriveStatusReason: redriveStatusReason ?? null,
        inputDetails: included,
        outputDetails: output === undefined ? null : included,
      },
    });
  };
}
