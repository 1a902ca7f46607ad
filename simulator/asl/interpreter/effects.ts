import type { Json } from '../json/json.ts';
import type { Execution, ExecutionStatus, PendingTask } from './execution.ts';

/** Perform the task, and report back with a stimulus that has its id. Instants are ISO 8601 text. */
export interface ScheduleTask
  extends Pick<PendingTask, 'taskId' | 'resource' | 'arguments' | 'credentials' | 'taskToken' | 'heartbeatSeconds'> {
  readonly type: 'scheduleTask';
  /** Whether the task was submitted before: after a restart, wait for its end instead of starting it again. */
  readonly submitted: boolean;
}

/** The host's work for an execution. Everything but `ended` can be repeated after a restart. */
export type Effect =
  | ScheduleTask
  | { readonly type: 'cancelTask'; readonly taskId: string }
  | { readonly type: 'setTimer'; readonly timerId: string; readonly at: string }
  | { readonly type: 'cancelTimer'; readonly timerId: string }
  | {
      readonly type: 'ended';
      readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
      readonly output?: Json;
      readonly error?: string;
      readonly cause?: string;
    };

/** The host's reports to an execution. Reports of obsolete tasks and timers change nothing. */
export type Stimulus =
  | { readonly type: 'taskSucceeded'; readonly taskId: string; readonly output: Json }
  | { readonly type: 'taskFailed'; readonly taskId: string; readonly error?: string; readonly cause?: string }
  | { readonly type: 'taskSubmitted'; readonly taskId: string; readonly output: Json }
  | { readonly type: 'taskHeartbeat'; readonly taskId: string }
  | { readonly type: 'timerFired'; readonly timerId: string }
  | { readonly type: 'stop'; readonly error?: string; readonly cause?: string };

/** The tasks and timers of an execution that was loaded from a store, in the order of their requests. */
export function pendingEffects(execution: Execution): Effect[] {
  const tasks = Object.values(execution.tasks).map(
    ({ strand: _strand, timeoutTimer: _timeout, heartbeatTimer: _heartbeat, ...task }): Effect => ({
      type: 'scheduleTask',
      ...task,
    }),
  );
  const timers = Object.values(execution.timers).map(({ timerId, at }): Effect => ({ type: 'setTimer', timerId, at }));
  return [...tasks, ...timers];
}
