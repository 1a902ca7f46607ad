import { errorName } from './errors.ts';

/** How Liftlock reads EKS's error names (facts: eks.md §2.2). */
const THROTTLED = new Set(['ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded', 'Throttling']);
/** The caller's own credentials are stale or not yet known: it says nothing about permissions, and the next try has new ones. */
const STALE_CREDENTIALS = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'ExpiredTokenException',
  'ExpiredToken',
]);
const DENIED = new Set(['AccessDeniedException', 'AccessDenied']);
/** EKS says them of a request or its sender, before it looks at what is under way. */
const WITHOUT_EFFECT = new Set([
  'InvalidParameterException',
  'ResourceNotFoundException',
  ...DENIED,
  ...STALE_CREDENTIALS,
]);
/** EKS says them of what is under way: of an update that this very call, sent before or twice, may have started. */
const OF_STATE = new Set([
  'InvalidRequestException',
  'InvalidStateException',
  'ResourceInUseException',
  'ResourceLimitExceededException',
  'ClientException',
]);

export const isThrottled = (error: unknown): boolean => THROTTLED.has(errorName(error));
export const isDenied = (error: unknown): boolean => DENIED.has(errorName(error));
export const isStale = (error: unknown): boolean => STALE_CREDENTIALS.has(errorName(error));
export const isNotFound = (error: unknown): boolean => errorName(error) === 'ResourceNotFoundException';

/** EKS said no to a call that was tried once, and did nothing. */
export const isWithoutEffect = (error: unknown): boolean => WITHOUT_EFFECT.has(errorName(error));
/** EKS said no, and the call may have taken effect all the same (protocol.md, One mutating call). */
export const isDoubtful = (error: unknown): boolean => OF_STATE.has(errorName(error));

/** EKS answers "not found" for an add-on that is no longer in the cluster, and for one that it no longer offers. */
export async function unlessGone<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
