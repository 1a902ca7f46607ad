import type { Authorize } from '../access/authorize.ts';
import { denialFault } from '../access/denial-fault.ts';
import type { RequestContext } from '../conditions/request-context.ts';
import type { IamDirectory } from '../principals/iam-directory.ts';
import type { Principal } from '../principals/principal.ts';
import { tagKeys } from '../principals/principal-context.ts';
import type { Role } from '../principals/role.ts';
import { type AssumeRoleInput, validateAssumeRole, validationError } from './assume-role-input.ts';
import { type IssuedSession, issuedSession, roleSession } from './role-session.ts';
import { sessionPolicies } from './session-policies.ts';
import type { SessionStore } from './session-store.ts';
import { sessionTags, tagContext } from './session-tags.ts';
import { trustPolicyOf } from './trust-policy-of.ts';

export interface AssumeRoleRequest {
  readonly caller: Principal;
  readonly input: AssumeRoleInput;
  readonly now: Date;
  readonly where: string;
  /** The Region whose STS was asked. */
  readonly region?: string;
}

export interface AssumedRole extends IssuedSession {
  /** Percentage of the room for session policies and tags. */
  readonly packedPolicySize?: number;
}

export interface StsParts {
  readonly directory: IamDirectory;
  readonly sessions: SessionStore;
  readonly authorize: Authorize;
}

const DEFAULT_SECONDS = 3600;
/** Of a session that was assumed with a session, which is how every Lambda function assumes a role. */
const CHAINED_SECONDS = 3600;

/**
 * AssumeRole of STS: asks the caller's policies and the role's trust policy. Throws `ValidationError`, `AccessDenied` (also for a role that
 * does not exist: STS does not say), `MalformedPolicyDocumentException` and `PackedPolicyTooLargeException`.
 */
export function assumeRole(parts: StsParts, request: AssumeRoleRequest): AssumedRole {
  const { caller, input, now } = request;
  validateAssumeRole(input);
  const { tags, transitiveTags } = sessionTags(input, caller);
  const { policies, packedPolicySize } = sessionPolicies(input, parts.directory);
  const role = allowedRole(parts, request);
  const seconds = input.DurationSeconds ?? DEFAULT_SECONDS;
  if (caller.kind === 'assumed-role' && seconds > CHAINED_SECONDS) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  if (seconds > role.maxSessionSeconds) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  const session = roleSession({
    role,
    sessionName: input.RoleSessionName ?? '',
    now,
    tags,
    transitiveTags,
    ...(policies === undefined ? {} : { sessionPolicies: policies }),
  });
  const issued = issuedSession(session, parts.sessions.issue(session, seconds, now));
  return packedPolicySize === undefined ? issued : { ...issued, packedPolicySize };
}

/** The role, if the caller may assume it, and tag its session where tags are passed. */
function allowedRole({ directory, authorize }: StsParts, { caller, input, where, region }: AssumeRoleRequest): Role {
  const resource = input.RoleArn ?? '';
  const role = directory.role(resource);
  const trustPolicy = trustPolicyOf(role);
  const context: RequestContext = {
    ...tagContext(input),
    ...tagKeys('aws:ResourceTag', role?.tags ?? {}),
    ...tagKeys('iam:ResourceTag', role?.tags ?? {}),
    ...(region === undefined ? {} : { 'aws:RequestedRegion': region }),
    'sts:ExternalId': input.ExternalId ?? null,
    'sts:RoleSessionName': input.RoleSessionName ?? null,
    'sts:SourceIdentity': null,
  };
  const actions = (input.Tags ?? []).length === 0 ? ['sts:AssumeRole'] : ['sts:AssumeRole', 'sts:TagSession'];
  for (const action of actions) {
    const decision = authorize({ principal: caller, action, resource, context, trustPolicy, where });
    if (!decision.allowed) throw denialFault('sts', caller, action, resource, decision.why);
  }
  if (role === undefined) throw new Error(`Somebody was allowed to assume ${resource}, which does not exist`);
  return role;
}
