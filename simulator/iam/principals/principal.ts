import type { NamedPolicy } from '../policy/policy-document.ts';

/** Tags by key, as IAM compares them: keys without regard to case, values with. */
export type Tags = Readonly<Record<string, string>>;

/** A session of a role, plain JSON: what STS gave for AssumeRole, or what a service took for its own work. */
export interface RoleSession {
  readonly kind: 'assumed-role';
  readonly account: string;
  /** `arn:aws:sts::111111111111:assumed-role/liftlock-scan-cluster/session`. */
  readonly arn: string;
  readonly roleArn: string;
  readonly roleId: string;
  readonly sessionName: string;
  /** `AROA…:session`, which is `aws:userid`. */
  readonly userId: string;
  /** Of the role and of the session, which wins. */
  readonly tags: Tags;
  /** Those of the tags that sessions assumed with this one inherit. */
  readonly transitiveTags?: Tags;
  /** ISO 8601. */
  readonly issuedAt: string;
  /** Absent: the role is not narrowed. Present: only what one of these allows too. */
  readonly sessionPolicies?: readonly NamedPolicy[];
}

export interface UserPrincipal {
  readonly kind: 'user';
  readonly account: string;
  readonly arn: string;
  readonly userName: string;
  readonly userId: string;
  readonly tags: Tags;
}

/** A service that acts by itself: EventBridge that puts into a queue, Lambda that takes a role. */
export interface ServicePrincipal {
  readonly kind: 'service';
  /** `events.amazonaws.com`. */
  readonly service: string;
}

export interface AnonymousPrincipal {
  readonly kind: 'anonymous';
}

export type Principal = RoleSession | UserPrincipal | ServicePrincipal | AnonymousPrincipal;

/** What denials call the principal after `User: `. */
export function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case 'service':
      return principal.service;
    case 'anonymous':
      return 'anonymous';
    default:
      return principal.arn;
  }
}

/** Whom permissions belong to in reports: the role of a session, not the session. */
export function holderOf(principal: Principal): string {
  return principal.kind === 'assumed-role' ? principal.roleArn : nameOf(principal);
}

/** Undefined for who belongs to no account. */
export function accountOf(principal: Principal): string | undefined {
  return 'account' in principal ? principal.account : undefined;
}
