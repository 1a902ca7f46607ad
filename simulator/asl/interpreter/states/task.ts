import type { TaskState } from '../../definition/states-language.ts';
import { parseTaskResource, type TaskResource } from '../../definition/task-resource.ts';
import { exceedsDataLimit } from '../../json/data-limit.ts';
import type { Json, JsonObject } from '../../json/json.ts';
import type { PendingTask, Strand } from '../execution.ts';
import { dataLimitExceeded, type Failure, StateFailed } from '../failure.ts';
import { evaluateField, evaluateInteger, evaluateTyped } from '../field-evaluation.ts';
import type { Turn } from '../turn.ts';

const secondsRange = { minimum: 1, maximum: 99_999_999 };

async function limitsOf(turn: Turn, strand: Strand, state: TaskState): Promise<TaskLimits> {
  const { TimeoutSeconds, HeartbeatSeconds } = state;
  const seconds = (template: Json, name: string): Promise<number> =>
    evaluateInteger(turn, strand, template, name, secondsRange);
  return {
    ...(TimeoutSeconds === undefined ? {} : { timeoutInSeconds: await seconds(TimeoutSeconds, 'TimeoutSeconds') }),
    ...(HeartbeatSeconds === undefined
      ? {}
      : { heartbeatInSeconds: await seconds(HeartbeatSeconds, 'HeartbeatSeconds') }),
  };
}

async function credentialsOf(turn: Turn, strand: Strand, state: TaskState): Promise<{ RoleArn: string } | undefined> {
  if (!state.Credentials) return undefined;
  const { RoleArn } = state.Credentials;
  return { RoleArn: await evaluateTyped(turn, strand, RoleArn, 'Credentials/RoleArn', 'string') };
}

/** The arguments with their JSON text; without an `Arguments` field it is the state's input. */
async function argumentsOf(turn: Turn, strand: Strand, state: TaskState, taskToken?: string): Promise<[Json, string]> {
  const extras = taskToken === undefined ? {} : { taskToken };
  const value =
    state.Arguments === undefined
      ? strand.input
      : await evaluateField(turn, strand, state.Arguments, 'Arguments', extras);
  const text = JSON.stringify(value);
  if (exceedsDataLimit(text)) throw new StateFailed(dataLimitExceeded(strand.state));
  return [value, text];
}

/** Only tasks that wait for a token can send heartbeats, so only those have a heartbeat timer. */
function startTimers(turn: Turn, task: PendingTask, limits: TaskLimits): void {
  const { strand, taskId } = task;
  if (limits.timeoutInSeconds !== undefined) {
    task.timeoutTimer = turn.setTimer(1_000 * limits.timeoutInSeconds, { purpose: 'task-timeout', strand, taskId });
  }
  if (task.taskToken !== undefined) startHeartbeat(turn, task);
}

/** (Re)starts the timer for the next heartbeat. */
export function startHeartbeat(turn: Turn, task: PendingTask): void {
  if (task.heartbeatSeconds === undefined) return;
  const { strand, taskId } = task;
  turn.cancelTimer(task.heartbeatTimer);
  task.heartbeatTimer = turn.setTimer(1_000 * task.heartbeatSeconds, { purpose: 'heartbeat', strand, taskId });
}

/** Passes the task to the host. */
export async function beginTask(turn: Turn, strand: Strand, state: TaskState): Promise<void> {
  const isCallback = resourceOf(state.Resource).pattern === 'WAIT_FOR_TASK_TOKEN';
  const taskToken = isCallback ? turn.environment.uuid() : undefined;
  const [value, text] = await argumentsOf(turn, strand, state, taskToken);
  const limits = await limitsOf(turn, strand, state);
  const credentials = await credentialsOf(turn, strand, state);
  const { heartbeatInSeconds } = limits;
  const request = {
    taskId: `task-${turn.newId()}`,
    resource: state.Resource,
    arguments: value,
    ...(credentials ? { credentials } : {}),
    ...(taskToken === undefined ? {} : { taskToken }),
    ...(heartbeatInSeconds === undefined ? {} : { heartbeatSeconds: heartbeatInSeconds }),
    submitted: false,
  };
  const task: PendingTask = { ...request, strand: strand.id };
  recordScheduled(turn, strand, task, text, limits);
  turn.execution.tasks[task.taskId] = task;
  turn.effects.push({ type: 'scheduleTask', ...request });
  startTimers(turn, task, limits);
}

const unknownResource: TaskResource = {
  kind: 'service',
  service: 'unknown',
  action: 'unknown',
  pattern: 'REQUEST_RESPONSE',
};

/** The parts of a task's resource; a loaded machine has only resources that can be parsed. */
function resourceOf(resource: string): TaskResource {
  return parseTaskResource(resource) ?? unknownResource;
}

function failureDetails({ error, cause }: Failure): JsonObject {
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}

function outputDetails(output: string): JsonObject {
  return { output, outputDetails: { truncated: false } };
}

/** The limits in a task's schedule event. */
interface TaskLimits {
  readonly timeoutInSeconds?: number;
  readonly heartbeatInSeconds?: number;
}

/** Records that a task was scheduled and started; `text` is the JSON text of its arguments. */
function recordScheduled(turn: Turn, strand: Strand, task: PendingTask, text: string, limits: TaskLimits): void {
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
