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
const DEFINITIVE = new Set([
  'InvalidParameterException',
  'InvalidRequestException',
  'InvalidStateException',
  'ResourceInUseException',
  'ResourceNotFoundException',
  'ResourceLimitExceededException',
  'ClientException',
  ...DENIED,
  ...STALE_CREDENTIALS,
]);

export const isThrottled = (error: unknown): boolean => THROTTLED.has(errorName(error));
export const isDenied = (error: unknown): boolean => DENIED.has(errorName(error));
export const isNotFound = (error: unknown): boolean => errorName(error) === 'ResourceNotFoundException';

/** True when EKS said no and did nothing. Anything else (time-outs, 5xx, throttles after retries) may have taken effect. */
export const isDefinitiveRefusal = (error: unknown): boolean => DEFINITIVE.has(errorName(error));
