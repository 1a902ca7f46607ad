import { errorMessage, errorName, isOutage, isThrottled, isThrottledItem } from '../../core/contracts/errors.ts';
import { Refusal } from '../../core/queries/refusal.ts';

type ErrorStatus = 400 | 403 | 404 | 409 | 413 | 415 | 500 | 503;

/** The body of every answer that is not a success. */
interface ErrorBody {
  readonly error: {
    readonly name: string;
    readonly message: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
}

/** A request that this API does not take. It is refused before any use case runs. */
export class HttpError extends Error {
  readonly status: ErrorStatus;

  constructor(status: ErrorStatus, name: string, message: string) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** The status of each refusal. docs/api.md lists them. */
export const STATUS: Readonly<Record<string, ErrorStatus>> = {
  InvalidInput: 400,
  InvalidVersion: 400,
  InvalidTransaction: 400,
  ClusterNotFound: 404,
  RolloutNotFound: 404,
  PolicyNotFound: 404,
  ConfigNotFound: 404,
  WaveNotFound: 404,
  PlanChanged: 409,
  NotAllowed: 403,
  ScanNotFound: 404,
  AmbiguousCluster: 409,
  ClusterGone: 409,
  WrongState: 409,
  NothingToDo: 409,
  RolloutBusy: 409,
  RolloutBlocked: 409,
  UpgradeBlocked: 409,
  DrainBlocked: 409,
  RollbackBlocked: 409,
  ConditionFailed: 409,
  TransactionConflict: 409,
};

/** The names and messages of refusals are written for people. Any other error stays in the log. */
export function answerTo(error: unknown): { status: ErrorStatus; body: ErrorBody } {
  const name = errorName(error);
  if (isThrottled(error) || isThrottledItem(error)) {
    const message = 'Liftlock is throttled by AWS right now. Try again in a few seconds.';
    return { status: 503, body: { error: { name: 'Throttled', message } } };
  }
  if (isOutage(error)) {
    const message =
      'AWS failed to answer Liftlock. What was asked for may have been done all the same: look first, then try again.';
    return { status: 503, body: { error: { name: 'Unavailable', message } } };
  }
  const status = error instanceof HttpError ? error.status : Object.hasOwn(STATUS, name) ? STATUS[name] : undefined;
  if (status === undefined) {
    const message =
      'Liftlock met a fault that it did not expect. Look into the log of its function "api", then try again.';
    return { status: 500, body: { error: { name: 'InternalError', message } } };
  }
  if (name === 'ConditionFailed' || name === 'TransactionConflict') {
    const message = 'Others changed the same thing at the same time, several times over. Look again, then try again.';
    return { status, body: { error: { name: 'Conflict', message } } };
  }
  const details = error instanceof Refusal && error.details !== undefined ? { details: error.details } : {};
  return { status, body: { error: { name, message: errorMessage(error), ...details } } };
}
