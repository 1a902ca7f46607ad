import { createHash } from 'node:crypto';
import { unauthorized } from '../access.ts';
import type { KubernetesState } from '../kubernetes-state.ts';
import type { Answer } from '../server/call.ts';
import type { RequestInfo } from '../server/request-info.ts';
import { StatusError } from '../status-error.ts';
import type { Aim, DamagedBody, ExpiredPage, ServerError, TooManyRequests } from './api-fault.ts';

/** Whether a request matches, before any is counted. */
export function isAimedAt({ on }: Aim, { attributes }: RequestInfo): boolean {
  if (on === '*') return true;
  if (!('path' in attributes)) {
    const { group, resource, subresource } = attributes;
    const kind = group === '' ? resource : `${resource}.${group}`;
    return on === kind || on === `${kind}/${subresource}`;
  }
  return on.endsWith('*') ? attributes.path.startsWith(on.slice(0, -1)) : attributes.path === on;
}

/** Counts a matching request, and tells whether it is affected. */
export function countDown(aim: Aim): boolean {
  if (aim.skip !== undefined && aim.skip > 0) {
    aim.skip -= 1;
    return false;
  }
  if (aim.times === undefined) return true;
  aim.times -= 1;
  return aim.times >= 0;
}

export const isUsedUp = ({ times }: Aim): boolean => times !== undefined && times <= 0;

export function damageBody({ damage }: DamagedBody, answer: Answer): Answer {
  if (damage === 'truncated') return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
  const headers = { ...answer.headers, 'content-type': 'text/html' };
  return { ...answer, headers, body: '<html><body><h1>Authentication required</h1></body></html>\n' };
}

/** Counts pages of the last begun list; the page that is reached uses the fault up. */
export function isPageReached(fault: ExpiredPage, { attributes }: RequestInfo, query: URLSearchParams): boolean {
  if (attributes.verb !== 'list') return false;
  const begins = (query.get('continue') ?? '') === '';
  fault.read = begins ? 1 : (fault.read ?? 1) + 1;
  if (begins || fault.read !== fault.page) return false;
  fault.times = (fault.times ?? 1) - 1;
  return true;
}

/** Counts a request with that token. @throws StatusError 401 once it is used up. */
export function requireFresh({ faults = [] }: KubernetesState, token: string | undefined): void {
  const fault = faults.find(({ kind }) => kind === 'expiring-token');
  if (fault?.kind !== 'expiring-token' || token === undefined) return;
  const digest = createHash('sha256').update(token).digest('hex').slice(0, 16);
  const used = (fault.used?.[digest] ?? 0) + 1;
  fault.used = { ...fault.used, [digest]: used };
  if (used > fault.requests) throw unauthorized();
}

/** The same answers as upstream when etcd does not answer in time. */
export function serverError({ status = 500, retryAfterSeconds }: ServerError): StatusError {
  const reasons: Readonly<Record<number, string>> = { 500: 'InternalError', 503: 'ServiceUnavailable', 504: 'Timeout' };
  const reason = reasons[status] ?? 'InternalError';
  const details = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return new StatusError(status, { reason, message: 'etcdserver: request timed out', details });
}

export function tooManyRequests({ retryAfterSeconds }: TooManyRequests): StatusError {
  return new StatusError(429, {
    reason: 'TooManyRequests',
    message: 'Too many requests, please try again later.',
    details: { retryAfterSeconds },
  });
}
