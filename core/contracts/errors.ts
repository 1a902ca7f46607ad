/** Error names are API: ASL `Retry` and `Catch`, alarms and exit codes match on them. */
type ErrorName =
  /** The input of an execution or an API call is not usable; the message names every bad member. */
  | 'InvalidInput'
  | 'InvalidVersion'
  /** A conditional write found another revision than the one that was read. The caller reads again and decides anew. */
  | 'ConditionFailed'
  /** Another transaction changed one of the items at the same time. */
  | 'TransactionConflict'
  /** A transaction that can never succeed. A retry is useless, unlike after `ConditionFailed`. */
  | 'InvalidTransaction'
  /** The organization of the Fleet no longer lists an account, so nobody looks there. */
  | 'AccountLeft'
  /** The hub's account belongs to another organization than the Fleet names, so none of its accounts belongs to the Fleet. */
  | 'OtherOrganization'
  | 'ClusterNotFound'
  | 'RolloutNotFound'
  /** The cluster has no such report or run. Reports are kept for ninety days, runs for one day. */
  | 'ScanNotFound'
  /** A stored item does not have the shape that this version of Liftlock knows, so nothing is done with it. */
  | 'UnreadableItem'
  /** The newest anchor of the audit is invalid, or belongs to another table. An anchor after it would prove nothing. */
  | 'AnchorRefused'
  /** A value that JSON cannot represent has no hash. */
  | 'NotCanonicalizable'
  /** An answer of AWS lacks a promised member, and nothing is decided on a guess. */
  | 'IncompleteAnswer'
  /** A read was given up, because a function must write its results in the remaining time. */
  | 'TimeIsUp'
  | 'QueueSendFailed'
  /** A query of rates is wrong or not allowed. A retry is useless. */
  | 'QueryRefused'
  | 'UrlRefused'
  | 'UrlUnreachable'
  | 'SecretUnreadable'
  | 'SecretEmpty'
  | 'MissingEnvironment'
  | 'HandlerMissing'
  | 'InvalidSettings';

export const namedError = (name: ErrorName, message: string): Error => Object.assign(new Error(message), { name });

export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'UnknownError';
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The id that AWS gave the request which it answered with an error; undefined for errors that are not from AWS. */
export function requestIdOf(error: unknown): string | undefined {
  const { $metadata } = (error ?? {}) as { readonly $metadata?: { readonly requestId?: unknown } };
  return typeof $metadata?.requestId === 'string' ? $metadata.requestId : undefined;
}

/** Liftlock's reading of the error names of EKS (facts: eks.md §2.2) and of the other services that steps ask. */
const THROTTLED = new Set(['ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded', 'Throttling']);
/** DynamoDB's name for a throttled item. It is none of a call to EKS, which a throttle has not taken. */
export const ITEM_THROTTLED = 'ProvisionedThroughputExceededException';
/** DynamoDB denies Liftlock its own table. It is no answer about the cluster that a step is at. */
export const TABLE_DENIED = 'TableDenied';
/**
 * The caller's credentials are expired, not yet known, or of a role that is gone. It says nothing about permissions, and the next try has new
 * credentials. The last two names are EC2's.
 */
const STALE_CREDENTIALS = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'ExpiredTokenException',
  'ExpiredToken',
  'RequestExpired',
  'AuthFailure',
]);
/** The last name is EC2's. */
const DENIED = new Set(['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation']);
/** EKS returns these for a request or its sender, before it looks at what is under way. */
const WITHOUT_EFFECT = new Set(['InvalidParameterException', 'ResourceNotFoundException', ...DENIED]);
/** EKS returns these because of what is under way, which may be an update that this very call has started, sent before or twice. */
const OF_STATE = new Set([
  'InvalidRequestException',
  'InvalidStateException',
  'ResourceInUseException',
  'ResourceLimitExceededException',
  'ClientException',
]);

export const isThrottled = (error: unknown): boolean => THROTTLED.has(errorName(error));
export const isThrottledItem = (error: unknown): boolean => errorName(error) === ITEM_THROTTLED;
/** The command that looks for the cause of a denial. */
export const LOOK_AT_ACCESS = 'Run: liftlock access check';

/** AWS denied a call about a cluster or an account. */
export const isDenied = (error: unknown): boolean => DENIED.has(errorName(error));
/** A function was denied anything, its own table too: only the name of its error has arrived. */
export const tellsDenial = (name: string): boolean => DENIED.has(name) || name === TABLE_DENIED;
export const isStale = (error: unknown): boolean => STALE_CREDENTIALS.has(errorName(error));
/** The name of an outage that has none of its own. */
export const OUTAGE = 'ServiceUnavailable';
/** Names by which services say that they have failed, and the SDK's of an answer that did not come. */
const OUTAGES = new Set([
  'ServerException',
  'ServiceUnavailableException',
  OUTAGE,
  'InternalServerError',
  'InternalFailure',
  'InternalError',
  'TimeoutError',
]);

/** Node's codes of a connection that did not come about or was lost; its other codes (`ERR_INVALID_ARG_TYPE`, `ENOENT`) tell of faults of our own. */
const UNHEARD = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EPROTO'],
]);

/** Names by which Step Functions says that an execution did not run, or that nobody heard how it ended. One that exists already has run. */
const NOT_RUN = new Set(['StepFunctions.AWSStepFunctionsException', 'StepFunctions.SdkClientException']);

/**
 * Names by which it says so of a function: those of the API that it calls (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html), such as
 * `Lambda.TooManyRequestsException`. Errors of functions have no such prefix.
 */
const NOT_INVOKED = /^Lambda\.\w+Exception$/;

/** Names of a function that ran out of time or memory, or whose process died. Step Functions and Lambda each have their own. */
const CUT_OFF = new Set([
  ...['States.Timeout', 'Sandbox.Timedout', 'Lambda.Unknown'],
  ...['Runtime.ExitError', 'Runtime.OutOfMemory'],
]);
export const isCutOff = (name: string): boolean => CUT_OFF.has(name);

/**
 * Whether an error of which only the name has arrived, as from a function whose retries are over, says nothing about the cluster: AWS failed,
 * throttled, denied, or did not answer, or the function was cut off.
 */
export const saysNothing = (name: string): boolean =>
  [OUTAGES, NOT_RUN, CUT_OFF, THROTTLED, STALE_CREDENTIALS].some((names) => names.has(name)) ||
  NOT_INVOKED.test(name) ||
  tellsDenial(name) ||
  name === ITEM_THROTTLED;
/** A service has failed, or nobody has heard it, whatever it was asked: it passes. The SDK keeps the status in `$metadata`. */
export function isOutage(error: unknown): boolean {
  const { status, code, $metadata } = (error ?? {}) as {
    readonly status?: unknown;
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: unknown };
  };
  return (
    UNHEARD.has(String(code)) || OUTAGES.has(errorName(error)) || Number(status ?? $metadata?.httpStatusCode) >= 500
  );
}
export const isNotFound = (error: unknown): boolean => errorName(error) === 'ResourceNotFoundException';

/** EKS refused a call that was tried once, and did nothing. */
export const isWithoutEffect = (error: unknown): boolean => WITHOUT_EFFECT.has(errorName(error));
/** EKS refused a call that may have taken effect anyway (protocol.md, One mutating call). */
export const isDoubtful = (error: unknown): boolean => OF_STATE.has(errorName(error));

/** EKS answers "not found" for an add-on that has left the cluster, and for one that it no longer offers. */
export async function unlessGone<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
