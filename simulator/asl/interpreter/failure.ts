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

/** A value of a state or task is larger than the limit of Step Functions. `name` is the state or the task's resource. */
export function dataLimitExceeded(name: string): Failure {
  return {
    error: 'States.DataLimitExceeded',
    cause: `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  };
}
