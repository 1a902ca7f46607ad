import type { ScheduleTask, Stimulus } from '../interpreter/effects.ts';
import type { Execution } from '../interpreter/execution.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';
import { describeToParent } from './execution-description.ts';
import type { ExecutionRecord, StartedBy } from './execution-record.ts';
import type { HostedExecution } from './hosted-execution.ts';
import type { AuthorizeChild, StartExecution } from './requests.ts';
import { ServiceError } from './service-error.ts';
import { type InvokeTask, invocationOf, TaskError } from './task-invocation.ts';

/** The parts of the runner that tasks need. */
export interface TaskHost {
  readonly invokeTask: InvokeTask;
  readonly authorizeChild: AuthorizeChild;
  /** Adds an execution that has not begun. */
  createChild(request: StartExecution, startedBy: StartedBy): HostedExecution;
  /** The child that a task started before. */
  childOf(executionArn: string, taskId: string): HostedExecution | undefined;
}

function failed(taskId: string, thrown: unknown): Stimulus {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { type: 'taskFailed', taskId, error: error.name, cause: error.message };
}

/** Errors of StartExecution under the error names of tasks. */
function asTaskError(thrown: unknown): unknown {
  return thrown instanceof ServiceError
    ? new TaskError(`StepFunctions.${thrown.name}Exception`, thrown.message)
    : thrown;
}

async function invoke(
  host: TaskHost,
  hosted: HostedExecution,
  effect: ScheduleTask,
  signal: AbortSignal,
): Promise<Stimulus | undefined> {
  // A submitted task can only be ended by its token, and must not be started a second time.
  if (effect.submitted) return undefined;
  const { taskId } = effect;
  const { stateMachineArn: arn, stateMachineName: name, roleArn } = hosted.execution;
  const machine = { arn, name, ...(roleArn === undefined ? {} : { roleArn }) };
  try {
    const task = invocationOf(effect, signal);
    const result = await host.invokeTask(task, { machine, execution: hosted.execution });
    // The result of a client library is no JSON yet: fields may be undefined, dates may be objects.
    const output: Json = JSON.parse(JSON.stringify(result) ?? 'null');
    return { type: task.pattern === 'WAIT_FOR_TASK_TOKEN' ? 'taskSubmitted' : 'taskSucceeded', taskId, output };
  } catch (thrown) {
    return failed(taskId, thrown);
  }
}

/** Starts a child, or finds the one that this task started before. A waiting parent gets the start before the child takes a step. */
async function runChild(
  host: TaskHost,
  hosted: HostedExecution,
  effect: ScheduleTask,
  pattern: string,
  signal: AbortSignal,
): Promise<Stimulus | undefined> {
  const { taskId } = effect;
  const link = { executionArn: hosted.execution.arn, taskId };
  const waits = pattern === 'sync' || pattern === 'sync:2';
  let child = host.childOf(link.executionArn, taskId);
  try {
    if (child === undefined) {
      const start = childStart(effect);
      host.authorizeChild('states:StartExecution', start.machineArn, hosted.execution);
      child = host.createChild(start, waits ? { ...link, waitsFor: pattern } : link);
    }
    if (waits) host.authorizeChild('states:DescribeExecution', child.execution.arn, hosted.execution);
  } catch (thrown) {
    return failed(taskId, asTaskError(thrown));
  }
  const started = child;
  if (waits) signal.addEventListener('abort', () => stopChild(host, hosted, started), { once: true });
  const output = startedOutput(child.execution);
  if (pattern === '') {
    // The child is stored before the parent continues, so that it cannot be lost in between.
    await child.begin();
    return { type: 'taskSucceeded', taskId, output };
  }
  if (!effect.submitted) await hosted.deliver({ type: 'taskSubmitted', taskId, output });
  await child.begin();
  return undefined;
}

/** A parent without the permission to stop its child leaves it running, as on AWS. */
function stopChild(host: TaskHost, hosted: HostedExecution, child: HostedExecution): void {
  try {
    host.authorizeChild('states:StopExecution', child.execution.arn, hosted.execution);
  } catch {
    return;
  }
  void child.deliver({ type: 'stop' });
}

/** Performs a task of an execution, and reports the result to the execution. */
export async function runTask(
  host: TaskHost,
  hosted: HostedExecution,
  effect: ScheduleTask,
  signal: AbortSignal,
): Promise<void> {
  const pattern = childPattern(effect.resource);
  const stimulus =
    pattern === undefined
      ? await invoke(host, hosted, effect, signal)
      : await runChild(host, hosted, effect, pattern, signal);
  if (stimulus) await hosted.deliver(stimulus);
}

const startExecutionResource = /^arn:[\w-]+:states:::states:startExecution(?:\.(sync|sync:2|waitForTaskToken))?$/;

/** How a task starts a child execution: the pattern's suffix, empty for a plain call; nothing for other tasks. */
function childPattern(resource: string): string | undefined {
  const match = startExecutionResource.exec(resource);
  return match ? (match[1] ?? '') : undefined;
}

/** The start of a child. Throws a task's error when the arguments name no machine. */
function childStart(effect: ScheduleTask): { machineArn: string; name?: string; input: string } {
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
function startedOutput(execution: Execution): JsonObject {
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
