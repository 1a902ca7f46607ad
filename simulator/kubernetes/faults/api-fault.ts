import type { ConnectionReset } from './connection-reset.ts';
import type { DamagedBody } from './damaged-body.ts';
import type { Delay } from './delay.ts';
import type { ExpiredPage } from './expired-page.ts';
import type { ExpiringToken } from './expiring-token.ts';
import type { ForbiddenRequest } from './forbidden-request.ts';
import type { ServerError } from './server-error.ts';
import type { TooManyRequests } from './too-many-requests.ts';

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
