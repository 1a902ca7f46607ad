import { EvaluationFailure } from '../expression/evaluation-failure.ts';
import type { Strand } from './execution.ts';

/** Why a state failed, in AWS's error names. */
export interface Failure {
  readonly error?: string;
  readonly cause?: string;
  /** Further names a retrier or catcher may know this failure by. */
  readonly aliases?: readonly string[];
}

/** Thrown by a state that fails. */
export class StateFailed extends Error {
  override readonly name = 'StateFailed';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.cause ?? failure.error ?? 'failed');
    this.failure = failure;
  }
}

/**
 * Whether a retrier or catcher with these names is meant. States.Runtime ends the execution even when it is named. States.ALL stands for
 * every other error, States.TaskFailed for every one of those but States.Timeout. The guide calls States.DataLimitExceeded terminal too;
 * recorded is that States.ALL catches it.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function matchesError(names: readonly string[], failure: Failure): boolean {
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

/** The cause of a failure that came up inside a state, with the sentence AWS puts before it. */
export function causeInState(strand: Strand, message: string): string {
  return `An error occurred while executing the state '${strand.state}' (entered at the event id #${strand.enteredEventId}). ${message}`;
}

/** A value of a state or task is larger than Step Functions carries. `name` is the state or the task's resource. */
export function dataLimitExceeded(name: string): Failure {
  return {
    error: 'States.DataLimitExceeded',
    cause: `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  };
}

/** The failure behind something thrown while a state ran; anything that is not one is thrown again. */
export function failureOf(thrown: unknown, strand: Strand): Failure {
  if (thrown instanceof StateFailed) return thrown.failure;
  if (!(thrown instanceof EvaluationFailure)) throw thrown;
  return { error: 'States.QueryEvaluationError', cause: causeInState(strand, thrown.message) };
}
