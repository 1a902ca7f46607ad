import { StatusError } from '../status-error.ts';
import type { Aim } from './aim.ts';

/** A 5xx of the API server itself. */
export interface ServerError extends Aim {
  kind: 'server-error';
  /** 500 when absent. */
  status?: number;
  /** The value of `Retry-After`, which is left out when absent. */
  retryAfterSeconds?: number;
}

/** The same answers as upstream when etcd does not answer in time. */
export function serverError({ status = 500, retryAfterSeconds }: ServerError): StatusError {
  const reasons: Readonly<Record<number, string>> = { 500: 'InternalError', 503: 'ServiceUnavailable', 504: 'Timeout' };
  const reason = reasons[status] ?? 'InternalError';
  const details = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return new StatusError(status, { reason, message: 'etcdserver: request timed out', details });
}
