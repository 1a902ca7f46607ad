import { exceedsDataLimit } from '../../json/data-limit.ts';
import type { Json } from '../../json/json.ts';
import { completeState } from '../complete-state.ts';
import type { PendingTask, Strand } from '../execution.ts';
import { dataLimitExceeded, type Failure } from '../failure.ts';
import { recover, runPart } from '../recovery.ts';
import type { Turn } from '../turn.ts';
import { recordSubmitted, recordSucceeded, recordTaskFailure, startHeartbeat } from './task.ts';

function pending(turn: Turn, taskId: string | undefined): [PendingTask, Strand] | undefined {
  const task = taskId === undefined ? undefined : turn.execution.tasks[taskId];
  const strand = task && turn.execution.strands[task.strand];
  return strand && [task, strand];
}

async function fail(turn: Turn, task: PendingTask, strand: Strand, failure: Failure, timedOut: boolean): Promise<void> {
  turn.dropTask(task.taskId, timedOut);
  recordTaskFailure(turn, strand, task, failure, timedOut);
  await recover(turn, strand, failure);
}

/** The task returned its result. A result that is too large fails the task. */
export async function taskSucceeded(turn: Turn, taskId: string, output: Json): Promise<void> {
  const [task, strand] = pending(turn, taskId) ?? [];
  if (!task || !strand) return;
  const text = JSON.stringify(output);
  if (exceedsDataLimit(text)) {
    await fail(turn, task, strand, dataLimitExceeded(task.resource), false);
    return;
  }
  turn.dropTask(taskId, false);
  recordSucceeded(turn, strand, task, text);
  await runPart(turn, strand, async () => {
    const state = turn.stateOf(strand);
    if (state.Type !== 'Task') return;
    await completeState(turn, strand, { results: state, output, transition: state, extras: { result: output } });
  });
}

/** The task failed for its own reason. */
export async function taskFailed(turn: Turn, taskId: string, failure: Failure): Promise<void> {
  const [task, strand] = pending(turn, taskId) ?? [];
  if (task && strand) await fail(turn, task, strand, failure, false);
}

/** A task timed out. A missed heartbeat is States.Timeout too, and can be caught by either name. */
export async function taskTimedOut(turn: Turn, taskId: string | undefined, missedHeartbeat: boolean): Promise<void> {
  const [task, strand] = pending(turn, taskId) ?? [];
  if (!task || !strand) return;
  const aliases = missedHeartbeat ? ['States.HeartbeatTimeout'] : [];
  await fail(turn, task, strand, { error: 'States.Timeout', aliases }, true);
}

/** The call that starts the task's work was answered; the task itself continues. */
export function taskSubmitted(turn: Turn, taskId: string, output: Json): void {
  const [task, strand] = pending(turn, taskId) ?? [];
  if (!task || !strand || task.submitted) return;
  task.submitted = true;
  recordSubmitted(turn, strand, task, JSON.stringify(output));
}

/** The work on the task still continues. */
export function taskHeartbeat(turn: Turn, taskId: string): void {
  const [task] = pending(turn, taskId) ?? [];
  if (task) startHeartbeat(turn, task);
}
