import type { NamedPolicy } from '../policy/policy-document.ts';

/** Tags by key, as IAM compares them: keys ignore case, values do not. */
export type Tags = Readonly<Record<string, string>>;

/** A session of a role, as plain JSON: from STS's AssumeRole, or from a service for its own work. */
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
  /** Tags of the role and of the session, which override them. */
  readonly tags: Tags;
  /** The tags that sessions assumed with this one inherit. */
  readonly transitiveTags?: Tags;
  /** ISO 8601. */
  readonly issuedAt: string;
  /** The role is not narrowed when absent. When present, one of these must allow too. */
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

/** A service that acts by itself: EventBridge that sends to a queue, Lambda that assumes a role. */
export interface ServicePrincipal {
  readonly kind: 'service';
  /** `events.amazonaws.com`. */
  readonly service: string;
}

interface AnonymousPrincipal {
  readonly kind: 'anonymous';
}

export type Principal = RoleSession | UserPrincipal | ServicePrincipal | AnonymousPrincipal;

/** The principal's name in denials, after `User: `. */
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

/** The owner of permissions in reports: the role of a session, not the session. */
export function holderOf(principal: Principal): string {
  return principal.kind === 'assumed-role' ? principal.roleArn : nameOf(principal);
}

/** Undefined for a caller without an account. */
export function accountOf(principal: Principal): string | undefined {
  return 'account' in principal ? principal.account : undefined;
}

/** A role of the template, with its intrinsics resolved. */
export interface RoleDescription {
  /** `arn:aws:iam::111111111111:role/path/name`. */
  readonly arn: string;
  readonly trustPolicy: unknown;
  /** Policies that are part of the role: of the template's role and of its `AWS::IAM::Policy`. */
  readonly policies?: readonly NamedPolicy[];
  /** ARNs. */
  readonly managedPolicies?: readonly string[];
  /** ARN of the managed policy that limits the role. */
  readonly permissionsBoundary?: string;
  readonly tags?: Tags;
  /** 3600 by default. */
  readonly maxSessionSeconds?: number;
}

export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly path: string;
  readonly roleId: string;
  readonly trustPolicy: unknown;
  readonly policies: readonly NamedPolicy[];
  readonly managedPolicies: readonly string[];
  readonly permissionsBoundary?: string;
  readonly tags: Tags;
  readonly maxSessionSeconds: number;
}

/** A user with access keys: an administrator, or a user with one managed policy of the templates. */
export interface User {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly userId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly policies: readonly NamedPolicy[];
  /** ARNs; an administrator has none. */
  readonly managedPolicies?: readonly string[];
}
