import type { Execution } from '../../asl/interpreter/execution.ts';
import { type InvokeTask, TaskError } from '../../asl/runner/task-invocation.ts';
import { invokeFunction } from '../../iam/requirements/service-work.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import type { Authority } from '../authority.ts';
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
