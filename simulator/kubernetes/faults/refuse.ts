import { ClusterAccessError } from '../../../core/ports/cluster-access.ts';
import { forbidden, type User } from '../permissions.ts';
import { expiredPage } from '../server/expired-page.ts';
import type { RequestInfo } from '../server/request-info.ts';
import type { AimedFault } from './api-fault.ts';
import { serverError } from './server-error.ts';
import { tooManyRequests } from './too-many-requests.ts';

/** A request, and who sent it. */
export interface Struck {
  readonly user: User;
  readonly info: RequestInfo;
  readonly query: URLSearchParams;
}

/**
 * @throws StatusError for the first fault that refuses the request; ClusterAccessError `ClusterUnreachable` for one that ends the
 * connection before an answer.
 */
export function refuse(faults: readonly AimedFault[], request: Struck): void {
  for (const fault of faults) {
    const error = refusalOf(fault, request);
    if (error !== undefined) throw error;
  }
}

function refusalOf(fault: AimedFault, { user, info, query }: Struck): Error | undefined {
  if (fault.kind === 'too-many-requests') return tooManyRequests(fault);
  if (fault.kind === 'forbidden') return forbidden(user, info.attributes);
  if (fault.kind === 'server-error') return serverError(fault);
  if (fault.kind === 'expired-page') return expiredPage(query.get('continue') ?? '');
  if (fault.kind === 'connection-reset' && fault.when === 'before-answer')
    return new ClusterAccessError('ClusterUnreachable', 'read ECONNRESET');
  return undefined;
}
