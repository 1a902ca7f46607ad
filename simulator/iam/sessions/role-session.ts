import type { NamedPolicy } from '../policy/policy-document.ts';
import type { Role, RoleSession, Tags } from '../principals/principal.ts';
import type { SessionCredentials } from './credentials.ts';

/** An issued session: its credentials and its identity. */
export interface IssuedSession {
  readonly credentials: SessionCredentials;
  /** `AROA…:session` and the session's ARN. */
  readonly assumedRoleUser: { readonly assumedRoleId: string; readonly arn: string };
  readonly session: RoleSession;
}

export interface NewSession {
  readonly role: Role;
  readonly sessionName: string;
  readonly now: Date;
  readonly tags?: Tags;
  readonly transitiveTags?: Tags;
  readonly sessionPolicies?: readonly NamedPolicy[];
}

export function roleSession({
  role,
  sessionName,
  now,
  tags,
  transitiveTags,
  sessionPolicies,
}: NewSession): RoleSession {
  return {
    kind: 'assumed-role',
    account: role.account,
    // Without the role's path.
    arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${sessionName}`,
    roleArn: role.arn,
    roleId: role.roleId,
    sessionName,
    userId: `${role.roleId}:${sessionName}`,
    tags: { ...role.tags, ...tags },
    ...(transitiveTags === undefined ? {} : { transitiveTags }),
    issuedAt: now.toISOString(),
    ...(sessionPolicies === undefined ? {} : { sessionPolicies }),
  };
}

export function issuedSession(session: RoleSession, credentials: SessionCredentials): IssuedSession {
  return { credentials, assumedRoleUser: { assumedRoleId: session.userId, arn: session.arn }, session };
}
