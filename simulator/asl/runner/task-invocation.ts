import { parseTaskResource, type TaskResource } from '../definition/task-resource.ts';
import type { ScheduleTask } from '../interpreter/effects.ts';
import type { Execution } from '../interpreter/execution.ts';
import type { Json } from '../json/json.ts';

/** A task for the host. */
export interface TaskInvocation extends Omit<ScheduleTask, 'type' | 'submitted'>, TaskResource {
  /** Aborted when the task timed out or its execution no longer needs it. */
  readonly signal: AbortSignal;
}

/** The execution of a task, which must not be changed. */
export interface TaskSurroundings {
  readonly machine: { readonly arn: string; readonly name: string; readonly roleArn?: string };
  readonly execution: Readonly<Execution>;
}

/**
 * Performs a task. It resolves to the task's result, for `.sync` once the job has ended; for `.waitForTaskToken` only to the answer of the call, and
 * the task ends with SendTaskSuccess or SendTaskFailure. Rejects with an error whose `name` is the task's error name and whose `message` is its
 * cause.
 */
export type InvokeTask = (task: TaskInvocation, surroundings: TaskSurroundings) => Promise<Json>;

/** A failed task in the form of {@link InvokeTask}'s rejection. */
export class TaskError extends Error {
  override readonly name: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.name = error;
  }
}

/** The error of a Lambda function's task: `cause` is Lambda's JSON. */
export function lambdaFunctionError(thrown: unknown): TaskError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const trace = (error.stack ?? '').split('\n');
  return new TaskError(error.name, JSON.stringify({ errorType: error.name, errorMessage: error.message, trace }));
}

/** Makes the host's view of a task. */
export function invocationOf(effect: ScheduleTask, signal: AbortSignal): TaskInvocation {
  const { type: _type, submitted: _submitted, ...task } = effect;
  const resource = parseTaskResource(effect.resource);
  if (!resource) throw new Error(`Not a task resource: ${effect.resource}`);
  return { ...task, ...resource, signal };
}
