import { given } from '../../../core/model/given.ts';
import type { Json, JsonObject } from '../json/json.ts';
import { type ExecutionStatus, rootStrand } from './execution.ts';
import type { Failure } from './failure.ts';
import { standStill } from './stand-still.ts';
import type { Turn } from './turn.ts';

/** Drops everything that is still pending. */
function dropEverything(turn: Turn): void {
  const { execution } = turn;
  for (const taskId of Object.keys(execution.tasks)) turn.dropTask(taskId, true);
  for (const timerId of Object.keys(execution.timers)) turn.cancelTimer(timerId);
  execution.strands = {};
  turn.steps.length = 0;
}

function end(turn: Turn, status: Exclude<ExecutionStatus, 'RUNNING'>, outcome: { output?: Json } & Failure): void {
  const { execution } = turn;
  const root = execution.strands[rootStrand];
  if (status !== 'SUCCEEDED' && root !== undefined) execution.unfinished = standStill(turn, root);
  dropEverything(turn);
  const { output, error, cause } = outcome;
  const result = given({ output, error, cause });
  Object.assign(execution, result, { status, stopDate: turn.now.toISOString() });
  turn.effects.push({ type: 'ended', status, ...result });
}

const failureDetails = ({ error, cause }: Failure): JsonObject & Failure => given({ error, cause });

/** The machine's own strand ended. */
export function succeed(turn: Turn, output: Json): void {
  const details = { output: JSON.stringify(output), outputDetails: { truncated: false } };
  turn.record(undefined, 'ExecutionSucceeded', { executionSucceededEventDetails: details });
  end(turn, 'SUCCEEDED', { output });
}

/** A failure that nothing caught. */
export function fail(turn: Turn, thrown: Failure): void {
  const failure = failureDetails(thrown);
  turn.record(undefined, 'ExecutionFailed', { executionFailedEventDetails: failure });
  end(turn, 'FAILED', failure);
}

/** The machine's `TimeoutSeconds` have passed. */
export function timeOut(turn: Turn): void {
  turn.record(undefined, 'ExecutionTimedOut', { executionTimedOutEventDetails: {} });
  end(turn, 'TIMED_OUT', {});
}

/** A caller stopped the execution. */
export function abort(turn: Turn, failure: Failure): void {
  turn.record(undefined, 'ExecutionAborted', { executionAbortedEventDetails: failureDetails(failure) });
  end(turn, 'ABORTED', failure);
}
