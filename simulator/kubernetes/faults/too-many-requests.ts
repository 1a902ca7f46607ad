import { StatusError } from '../status-error.ts';
import type { Aim } from './aim.ts';

/** 429: the API server's priority and fairness has no seat for the request. */
export interface TooManyRequests extends Aim {
  kind: 'too-many-requests';
  /** 0: without a `Retry-After`. */
  retryAfterSeconds: number;
}

export function tooManyRequests({ retryAfterSeconds }: TooManyRequests): StatusError {
  return new StatusError(429, {
    reason: 'TooManyRequests',
    message: 'Too many requests, please try again later.',
    details: { retryAfterSeconds },
  });
}
