import { denialFault } from '../access/denial-fault.ts';
import type { RequestContext } from '../conditions/request-context.ts';
import type { ServicePrincipal } from '../principals/principal.ts';
import type { StsParts } from './assume-role.ts';
import { type IssuedSession, issuedSession, roleSession } from './role-session.ts';
import { trustPolicyOf } from './trust-policy-of.ts';

export interface ServiceSessionRequest {
  readonly roleArn: string;
  /** `lambda.amazonaws.com`. */
  readonly service: string;
  /** Lambda uses the function's name. */
  readonly sessionName: string;
  /**
   * The service's own keys: `aws:SourceArn` and `aws:SourceAccount`, null for a service without them. A trust policy with a condition on a missing
   * key admits no service.
   */
  readonly context: RequestContext;
  readonly now: Date;
  readonly where: string;
  /** One hour by default. */
  readonly seconds?: number;
}

const DEFAULT_SECONDS = 3600;

/** A service assumes a role for its own work. Throws `AccessDenied` where the role's trust policy does not allow it, or the role is missing. */
export function serviceSession(
  { directory, sessions, authorize }: StsParts,
  request: ServiceSessionRequest,
): IssuedSession {
  const { roleArn, service, sessionName, context, now, where, seconds = DEFAULT_SECONDS } = request;
  const principal: ServicePrincipal = { kind: 'service', service };
  const action = 'sts:AssumeRole';
  const role = directory.role(roleArn);
  const trust = { 'sts:ExternalId': null, 'sts:RoleSessionName': sessionName, ...context };
  const decision = authorize({
    principal,
    action,
    resource: roleArn,
    context: trust,
    trustPolicy: trustPolicyOf(role),
    where,
  });
  if (!decision.allowed) throw denialFault('sts', principal, action, roleArn, decision.why);
  if (role === undefined) throw new Error(`${service} was allowed to take ${roleArn}, which does not exist`);
  const session = roleSession({ role, sessionName, now });
  return issuedSession(session, sessions.issue(session, seconds, now));
}
