import { parseTaskResource, type TaskResource } from '../../definition/task-resource.ts';
import type { JsonObject } from '../../json/json.ts';
import type { PendingTask, Strand } from '../execution.ts';
import type { Failure } from '../failure.ts';
import type { Turn } from '../turn.ts';

const unknownResource: TaskResource = {
  kind: 'service',
  service: 'unknown',
  action: 'unknown',
  pattern: 'REQUEST_RESPONSE',
};

/** The parts of a task's resource; a loaded machine has only resources that can be parsed. */
export function resourceOf(resource: string): TaskResource {
  return parseTaskResource(resource) ?? unknownResource;
}

function failureDetails({ error, cause }: Failure): JsonObject {
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}

function outputDetails(output: string): JsonObject {
  return { output, outputDetails: { truncated: false } };
}

/** The limits in a task's schedule event. */
export interface TaskLimits {
  readonly timeoutInSeconds?: number;
  readonly heartbeatInSeconds?: number;
}

/** Records that a task was scheduled and started; `text` is the JSON text of its arguments. */
export function recordScheduled(turn: Turn, strand: Strand, task: PendingTask, text: string, limits: TaskLimits): void {
  const { kind, service, action } = resourceOf(task.resource);
  const common: JsonObject = {
    ...limits,
    ...(task.credentials ? { taskCredentials: { roleArn: task.credentials.RoleArn } } : {}),
  };
  if (kind === 'function') {
    turn.record(strand, 'LambdaFunctionScheduled', {
      lambdaFunctionScheduledEventDetails: {
        resource: task.resource,
        input: text,
        inputDetails: { truncated: false },
        ...common,
      },
    });
    turn.record(strand, 'LambdaFunctionStarted');
    return;
  }
  const region = turn.execution.arn.split(':')[3] ?? '';
  turn.record(strand, 'TaskScheduled', {
    taskScheduledEventDetails: { resourceType: service, resource: action, region, parameters: text, ...common },
  });
  turn.record(strand, 'TaskStarted', { taskStartedEventDetails: { resourceType: service, resource: action } });
}

/** Records that the call that starts the task's work was answered. */
export function recordSubmitted(turn: Turn, strand: Strand, task: PendingTask, output: string): void {
  const { service, action } = resourceOf(task.resource);
  turn.record(strand, 'TaskSubmitted', {
    taskSubmittedEventDetails: { resourceType: service, resource: action, ...outputDetails(output) },
  });
}

/** Records the result of a task. */
export function recordSucceeded(turn: Turn, strand: Strand, task: PendingTask, output: string): void {
  const { kind, service, action } = resourceOf(task.resource);
  const details = outputDetails(output);
  if (kind === 'function') {
    turn.record(strand, 'LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: details });
  } else {
    turn.record(strand, 'TaskSucceeded', {
      taskSucceededEventDetails: { resourceType: service, resource: action, ...details },
    });
  }
}

/** Records that a task failed or timed out. */
export function recordTaskFailure(
  turn: Turn,
  strand: Strand,
  task: PendingTask,
  failure: Failure,
  timedOut: boolean,
): void {
  const { kind, service, action } = resourceOf(task.resource);
  const details = failureDetails(failure);
  const serviceDetails = { resourceType: service, resource: action, ...details };
  if (kind === 'function' && timedOut) {
    turn.record(strand, 'LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: details });
  } else if (kind === 'function') {
    turn.record(strand, 'LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: details });
  } else if (timedOut) {
    turn.record(strand, 'TaskTimedOut', { taskTimedOutEventDetails: serviceDetails });
  } else {
    turn.record(strand, 'TaskFailed', { taskFailedEventDetails: serviceDetails });
  }
}
