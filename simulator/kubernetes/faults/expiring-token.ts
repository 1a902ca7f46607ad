import { createHash } from 'node:crypto';
import { unauthorized } from '../access.ts';
import type { KubernetesState } from '../kubernetes-state.ts';

/** Every token is valid for this number of requests, and gets a 401 from then on; a new token is valid again. */
export interface ExpiringToken {
  kind: 'expiring-token';
  requests: number;
  /** Requests by the digest of their token; counted here. */
  used?: Record<string, number>;
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
