import type { TaskState } from '../../definition/states-language.ts';
import { exceedsDataLimit } from '../../json/data-limit.ts';
import type { Json } from '../../json/json.ts';
import type { PendingTask, Strand } from '../execution.ts';
import { dataLimitExceeded, StateFailed } from '../failure.ts';
import { evaluateField, evaluateInteger, evaluateTyped } from '../field-evaluation.ts';
import type { Turn } from '../turn.ts';
import { recordScheduled, resourceOf, type TaskLimits } from './task-history.ts';

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
