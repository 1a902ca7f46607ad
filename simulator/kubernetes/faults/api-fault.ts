import type { Aim } from './aim.ts';
import type { DamagedBody } from './damaged-body.ts';
import type { ExpiredPage } from './expired-page.ts';
import type { ExpiringToken } from './expiring-token.ts';
import type { ServerError } from './server-error.ts';
import type { TooManyRequests } from './too-many-requests.ts';

/** 403, whatever the caller's roles give: told in the words of a missing permission. */
interface ForbiddenRequest extends Aim {
  kind: 'forbidden';
}

/** The answer is there and does not come for a while. Of the HTTP face only: readers in this process are answered at once. */
interface Delay extends Aim {
  kind: 'delay';
  /** Of this machine's clock. */
  milliseconds: number;
}

/** The connection ends: instead of an answer, or half way through its body, of which `content-length` had said more. */
interface ConnectionReset extends Aim {
  kind: 'connection-reset';
  when: 'before-answer' | 'during-body';
}

/**
 * What goes wrong with requests to one cluster's API server, as plain JSON in its state: of the HTTP face, and of readers in this
 * process. Faults that count requests are changed by them, and leave the state when they are used up.
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

/** Faults that strike a request because of what it asks for. */
export type AimedFault = Exclude<ApiFault, ExpiringToken>;
