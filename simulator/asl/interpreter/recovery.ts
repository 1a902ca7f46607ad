import type { Recoverable, Retrier, State } from '../definition/states-language.ts';
import { EvaluationFailure } from '../expression/evaluation-failure.ts';
import type { JsonObject } from '../json/json.ts';
import { completeState } from './completion.ts';
import type { Strand } from './execution.ts';
import { type Failure, failureOf, matchesError } from './failure.ts';
import type { Turn } from './turn.ts';

const defaults = { IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3, MaxDelaySeconds: Number.POSITIVE_INFINITY };

/** Milliseconds before the next try, after `attempts` earlier ones. FULL jitter spreads it from none to all of the delay. */
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
  // Counts are by retrier, so those of earlier retriers that never matched are zero.
  strand.attempts = retriers.map((_, position) => (strand.attempts[position] ?? 0) + (position === index ? 1 : 0));
  strand.retryCount++;
  turn.execution.stateTransitions++;
  turn.setTimer(retryDelay(retrier, attempts, turn.environment.random), { purpose: 'retry', strand: strand.id });
  return true;
}

/** What a catcher sees: always both members, null when a callback named no error, an empty cause when only that is missing. */
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

/** Notes an expression that failed in the history; other failures have events of their own. */
function recordEvaluation(turn: Turn, strand: Strand, thrown: unknown, failure: Failure): void {
  if (!(thrown instanceof EvaluationFailure)) return;
  const { history } = turn.execution;
  // As recorded: it follows what was before the state, when that was only just entered. A Wait state is further on by then.
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

/** What follows when the strand's state failed: another try, the state of a catcher, or the end of the strand. */
export async function recover(turn: Turn, strand: Strand, failure: Failure): Promise<void> {
  const { Type } = turn.stateOf(strand);
  const state = recoverable(turn.stateOf(strand));
  if (retry(turn, strand, state.Retry ?? [], failure)) {
    delete strand.stoppedFanOut;
    return;
  }
  // Those two say that they failed, once: after the last retry and before what catches it.
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

/** Runs a part of the strand's state; when that throws a failure of the state, recovers from it. */
export async function runPart(turn: Turn, strand: Strand, part: () => void | Promise<void>): Promise<void> {
  try {
    await part();
  } catch (thrown) {
    const failure = failureOf(thrown, strand);
    recordEvaluation(turn, strand, thrown, failure);
    await recover(turn, strand, failure);
  }
}
