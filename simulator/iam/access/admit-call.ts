import type { AwsCall } from '../../wire/aws-call.ts';
import type { Principal } from '../principals/principal.ts';
import type { Lookups } from '../requirements/requirement.ts';
import { requirements } from '../requirements/requirements.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { Authorize } from './authorize.ts';
import { denialFault } from './denial-fault.ts';

export interface CallAdmission {
  readonly call: AwsCall;
  readonly now: Date;
  readonly lookups: Lookups;
  /** The policy of a queue, topic, bus or table; undefined where it has none. */
  readonly resourcePolicyOf?: (arn: string) => unknown;
  /** `eks:DescribeCluster over HTTP` by default. */
  readonly where?: string;
}

export interface AdmissionParts {
  readonly sessions: SessionStore;
  readonly authorize: Authorize;
}

/**
 * Returns the caller, if the call may be served. Throws the service's fault for bad credentials and for the first missing permission, and
 * `NotImplemented` for an operation without a row.
 */
export function admitCall({ sessions, authorize }: AdmissionParts, admission: CallAdmission): Principal {
  const { call, now, lookups, resourcePolicyOf } = admission;
  const { service, operation } = call;
  const principal = sessions.principalOf(call.signer, service, now);
  const account = 'account' in principal ? principal.account : '';
  const where = admission.where ?? `${service}:${operation} over HTTP`;
  for (const { action, resource, context, ...own } of requirements(call, account, lookups)) {
    const resourcePolicy = resource === '*' ? undefined : (own.resourcePolicy ?? resourcePolicyOf?.(resource));
    const decision = authorize({
      principal,
      action,
      resource,
      context,
      where,
      ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
    });
    if (!decision.allowed) throw denialFault(service, principal, action, resource, decision.why);
  }
  return principal;
}
