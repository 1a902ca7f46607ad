import type { Scope } from './eks.ts';

/**
 * What a cluster needs of its account beside EKS and EC2, by the APIs' own names. Undefined: there is none; errors have the services' names
 * (`AccessDenied`, `AccessDeniedException`).
 */
export interface AccountReader {
  /** IAM. */
  getRole(scope: Scope, roleName: string): Promise<Role | undefined>;
  /** KMS; `keyId` is an ARN where the key may be another account's. */
  describeKey(scope: Scope, keyId: string): Promise<Key | undefined>;
}

export interface Role {
  readonly arn: string;
}

export interface Key {
  readonly keyId: string;
  /** `Enabled`, `Disabled`, `PendingDeletion`, … */
  readonly keyState: string;
}
