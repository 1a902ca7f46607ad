import type { ScheduleTask, Stimulus } from '../interpreter/effects.ts';
import type { Execution } from '../interpreter/execution.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { describeToParent } from './execution-description.ts';
import type { ExecutionRecord, StartedBy } from './execution-record.ts';
import { TaskError } from './task-invocation.ts';

const startExecutionResource = /^arn:[\w-]+:states:::states:startExecution(?:\.(sync|sync:2|waitForTaskToken))?$/;

/** How a task starts a child execution: the pattern's suffix, empty for a plain call; nothing for other tasks. */
export function childPattern(resource: string): string | undefined {
  const match = startExecutionResource.exec(resource);
  return match ? (match[1] ?? '') : undefined;
}

/** The start of a child. Throws a task's error when the arguments name no machine. */
export function childStart(effect: ScheduleTask): { machineArn: string; name?: string; input: string } {
  const value = isJsonObject(effect.arguments) ? effect.arguments : {};
  const { StateMachineArn, Name } = value;
  // Null is an empty object here, as recorded.
  const Input = value.Input ?? {};
  if (typeof StateMachineArn !== 'string') {
    throw new TaskError('StepFunctions.ValidationException', 'The field StateMachineArn is required');
  }
  return {
    machineArn: StateMachineArn,
    input: typeof Input === 'string' ? Input : JSON.stringify(Input),
    ...(typeof Name === 'string' ? { name: Name } : {}),
  };
}

/** The answer of StartExecution, in the letter case of a state machine's data. */
export function startedOutput(execution: Execution): JsonObject {
  return { ExecutionArn: execution.arn, StartDate: new Date(execution.startDate).getTime() };
}

/** The report to the parent when a child that it waits for has ended. */
export function endOfChild(record: ExecutionRecord, startedBy: StartedBy, now: Date): Stimulus {
  const { taskId, waitsFor } = startedBy;
  if (record.execution.status === 'SUCCEEDED') {
    const output = describeToParent(record, now, { parsed: waitsFor === 'sync:2' });
    return { type: 'taskSucceeded', taskId, output };
  }
  const cause = JSON.stringify(describeToParent(record, now, { parsed: false }));
  return { type: 'taskFailed', taskId, error: 'States.TaskFailed', cause };
}
