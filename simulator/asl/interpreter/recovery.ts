import type { Recoverable, Retrier, State } from '../definition/states-language.ts';
import { EvaluationFailure } from '../expression/evaluation-failure.ts';
import type { JsonObject } from '../json/json.ts';
import { completeState } from './complete-state.ts';
import type { Strand } from './execution.ts';
import { type Failure, StateFailed } from './failure.ts';
import type { Turn } from './turn.ts';

const defaults = { IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3, MaxDelaySeconds: Number.POSITIVE_INFINITY };

/** Milliseconds before the next try, after `attempts` earlier ones. FULL jitter spreads it between zero and the whole delay. */
function retryDelay(retrier: Retrier, attempts: number, random: () => number): number {
  const { IntervalSeconds, BackoffRate, MaxDelaySeconds } = { ...defaults, ...retrier };
  const seconds = Math.min(IntervalSeconds * BackoffRate ** attempts, MaxDelaySeconds);
  return Math.round(1_000 * seconds * (retrier.JitterStrategy === 'FULL' ? random() : 1));
}

function retry(turn: Turn, strand: Strand, retriers: readonly Retrier[], failure: Failure): boolean {
  const index = retriers.findIndex((retrier) => matchesError(retrier.ErrorEquals, failure));
  const retrier = retriers[index];
  const attempts = strand.attempts[index] ?? 0;
  if (!retrier || attempts >= (retrier.MaxAttempts ?? defaults.MaxAttempts)) return false;
  // Counts are by retrier, so earlier retriers that never matched have zero.
  strand.attempts = retriers.map((_, position) => (strand.attempts[position] ?? 0) + (position === index ? 1 : 0));
  strand.retryCount++;
  turn.execution.stateTransitions++;
  turn.setTimer(retryDelay(retrier, attempts, turn.environment.random), { purpose: 'retry', strand: strand.id });
  return true;
}

/** The error of a catcher always has both members: null when a callback named no error, an empty cause when only that is missing. */
function errorOutput({ error, cause }: Failure): JsonObject {
  return { Error: error ?? null, Cause: cause ?? (error === undefined ? null : '') };
}

async function catchFailure(turn: Turn, strand: Strand, state: Recoverable, failure: Failure): Promise<boolean> {
  const catchers = state.Catch ?? [];
  const index = catchers.findIndex((catcher) => matchesError(catcher.ErrorEquals, failure));
  const catcher = catchers[index];
  if (!catcher) return false;
  const output = errorOutput(failure);
  await completeState(turn, strand, {
    results: catcher,
    output,
    transition: catcher,
    location: `Catch[${index}]/`,
    extras: { errorOutput: output },
  });
  return true;
}

/** Records a failed expression in the history; other failures have their own events. */
function recordEvaluation(turn: Turn, strand: Strand, thrown: unknown, failure: Failure): void {
  if (!(thrown instanceof EvaluationFailure)) return;
  const { history } = turn.execution;
  // As recorded, it follows the event before a state that was only just entered. A Wait state is further on by then.
  if (strand.lastEventId === strand.enteredEventId && turn.stateOf(strand).Type !== 'Wait')
    strand.lastEventId = history[strand.enteredEventId - 1]?.previousEventId ?? 0;
  turn.record(strand, 'EvaluationFailed', {
    evaluationFailedEventDetails: {
      error: failure.error ?? '',
      cause: failure.cause ?? '',
      state: strand.state,
      ...(thrown.location === undefined ? {} : { location: thrown.location }),
    },
  });
}

function recoverable(state: State): Recoverable {
  return 'Retry' in state || 'Catch' in state ? state : {};
}

/** The consequence of a failed state: a retry, the state of a catcher, or the end of the strand. */
export async function recover(turn: Turn, strand: Strand, failure: Failure): Promise<void> {
  const { Type } = turn.stateOf(strand);
  const state = recoverable(turn.stateOf(strand));
  if (retry(turn, strand, state.Retry ?? [], failure)) {
    delete strand.stoppedFanOut;
    return;
  }
  // Map and Parallel states record their failure once: after the last retry and before the catcher.
  if (Type === 'Map' || Type === 'Parallel') turn.record(strand, `${Type}StateFailed`);
  try {
    if (await catchFailure(turn, strand, state, failure)) {
      delete strand.stoppedFanOut;
      return;
    }
  } catch (thrown) {
    const inCatcher = failureOf(thrown, strand);
    recordEvaluation(turn, strand, thrown, inCatcher);
    turn.steps.push({ do: 'fail', strand: strand.id, failure: inCatcher });
    return;
  }
  turn.steps.push({ do: 'fail', strand: strand.id, failure });
}

/** Runs a part of the strand's state, and recovers from a failure of the state. */
export async function runPart(turn: Turn, strand: Strand, part: () => void | Promise<void>): Promise<void> {
  try {
    await part();
  } catch (thrown) {
    const failure = failureOf(thrown, strand);
    recordEvaluation(turn, strand, thrown, failure);
    await recover(turn, strand, failure);
  }
}

/**
 * Whether a retrier or catcher with these names matches. States.Runtime ends the execution even when it is named. States.ALL matches every other
 * error, States.TaskFailed every one of those but States.Timeout. The guide calls States.DataLimitExceeded terminal too; recorded is that States.ALL
 * catches it. Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
function matchesError(names: readonly string[], failure: Failure): boolean {
  const { error = '', aliases = [] } = failure;
  if (error === 'States.Runtime') return false;
  return names.some(
    (name) =>
      name === error ||
      aliases.includes(name) ||
      name === 'States.ALL' ||
      (name === 'States.TaskFailed' && error !== 'States.Timeout'),
  );
}

/** The cause of a failure inside a state, with AWS's sentence before it. */
export function causeInState(strand: Strand, message: string): string {
  return `An error occurred while executing the state '${strand.state}' (entered at the event id #${strand.enteredEventId}). ${message}`;
}

/** The failure for an exception while a state ran; any other exception is thrown again. */
function failureOf(thrown: unknown, strand: Strand): Failure {
  if (thrown instanceof StateFailed) return thrown.failure;
  if (!(thrown instanceof EvaluationFailure)) throw thrown;
  return { error: 'States.QueryEvaluationError', cause: causeInState(strand, thrown.message) };
}
