import type { NamedPolicy } from '../policy/policy-document.ts';
import type { Tags } from './principal.ts';

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
