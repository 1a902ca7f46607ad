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
  /** Lambda takes the function's name. */
  readonly sessionName: string;
  /**
   * What the service says of itself: `aws:SourceArn` and `aws:SourceAccount`, null for a service that does not say. A trust policy that asks
   * for what is not here lets nobody in.
   */
  readonly context: RequestContext;
  readonly now: Date;
  readonly where: string;
  /** One hour unless said. */
  readonly seconds?: number;
}

const DEFAULT_SECONDS = 3600;

/** A service takes a role for work of its own. Throws `AccessDenied` where the role's trust policy does not let it, or there is no role. */
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
