import { EvaluationFailure } from '../expression/evaluation-failure.ts';
import type { Strand } from './execution.ts';

/** Why a state failed, in AWS's error names. */
export interface Failure {
  readonly error?: string;
  readonly cause?: string;
  /** Further names by which a retrier or catcher may match this failure. */
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
 * Whether a retrier or catcher with these names matches. States.Runtime ends the execution even when it is named. States.ALL matches every other
 * error, States.TaskFailed every one of those but States.Timeout. The guide calls States.DataLimitExceeded terminal too; recorded is that States.ALL
 * catches it. Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
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

/** The cause of a failure inside a state, with AWS's sentence before it. */
export function causeInState(strand: Strand, message: string): string {
  return `An error occurred while executing the state '${strand.state}' (entered at the event id #${strand.enteredEventId}). ${message}`;
}

/** A value of a state or task is larger than the limit of Step Functions. `name` is the state or the task's resource. */
export function dataLimitExceeded(name: string): Failure {
  return {
    error: 'States.DataLimitExceeded',
    cause: `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  };
}

/** The failure for an exception while a state ran; any other exception is thrown again. */
export function failureOf(thrown: unknown, strand: Strand): Failure {
  if (thrown instanceof StateFailed) return thrown.failure;
  if (!(thrown instanceof EvaluationFailure)) throw thrown;
  return { error: 'States.QueryEvaluationError', cause: causeInState(strand, thrown.message) };
}
