import type { Aim } from './aim.ts';
import type { DamagedBody } from './damaged-body.ts';
import type { ExpiredPage } from './expired-page.ts';
import type { ExpiringToken } from './expiring-token.ts';
import type { ServerError } from './server-error.ts';
import type { TooManyRequests } from './too-many-requests.ts';

/** 403 with the text of a missing permission, whatever the caller's roles allow. */
interface ForbiddenRequest extends Aim {
  kind: 'forbidden';
}

/** The answer is delayed. It applies to the HTTP server only: readers in this process are answered at once. */
interface Delay extends Aim {
  kind: 'delay';
  /** By this machine's clock. */
  milliseconds: number;
}

/** The connection ends: instead of an answer, or half way through its body, before the length in `content-length`. */
interface ConnectionReset extends Aim {
  kind: 'connection-reset';
  when: 'before-answer' | 'during-body';
}

/**
 * The faults of requests to one cluster's API server, as plain JSON in its state, for the HTTP server and for readers in this process. A fault that
 * counts requests changes with them, and leaves the state when it is used up.
 */
export type ApiFault =
  | TooManyRequests
  | ForbiddenRequest
  | ServerError
  | ExpiredPage
  | DamagedBody
  | Delay
  | ConnectionReset
  | ExpiringToken;

/** Faults that depend on what a request asks for. */
export type AimedFault = Exclude<ApiFault, ExpiringToken>;
