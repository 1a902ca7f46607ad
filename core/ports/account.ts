import type { Scope } from './eks.ts';

/**
 * What a cluster needs of its account beside EKS and EC2, by the APIs' own names. Undefined: there is none; errors have the services' names
 * (`AccessDenied`, `AccessDeniedException`).
 */
export interface AccountReader {
  /** IAM. */
  getRole(scope: Scope, roleName: string): Promise<Role | undefined>;
  /** Systems Manager: the value of a parameter that is no secret. */
  getParameter(scope: Scope, name: string): Promise<string | undefined>;
  /** Systems Manager: those of up to ten parameters that there are. */
  getParameters(scope: Scope, names: readonly string[]): Promise<Parameter[]>;
  /** KMS; `keyId` is an ARN where the key may be another account's. */
  describeKey(scope: Scope, keyId: string): Promise<Key | undefined>;
  /** Service Quotas: one of EC2's. */
  getServiceQuota(scope: Scope, quotaCode: string): Promise<Quota | undefined>;
  /** AWS Backup: what a vault of the account and Region has of a resource. */
  listRecoveryPoints(scope: Scope, vaultName: string, resourceArn: string): Promise<RecoveryPoint[]>;
  /** CloudWatch: the sums of each minute that has data, by the metric's name, oldest first; a metric that it does not know has none. */
  getMetricSums(scope: Scope, asked: MetricMinutes): Promise<Readonly<Record<string, readonly MinuteSum[]>>>;
}

/** Of metrics with the same dimensions; `from` is in it, `to` is not. CloudWatch keeps minutes for 15 days. */
export interface MetricMinutes {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly metrics: readonly string[];
  readonly from: Date;
  readonly to: Date;
}

export interface MinuteSum {
  /** When the minute began. */
  readonly at: Date;
  readonly sum: number;
}

export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly lastModifiedDate: Date;
}

export interface RecoveryPoint {
  /** `COMPLETED`, `AVAILABLE`, `PARTIAL`, `CREATING`, … */
  readonly status: string;
  readonly creationDate: Date;
  /** Of one that is a part of it. */
  readonly parentRecoveryPointArn?: string;
}

export interface Quota {
  readonly quotaCode: string;
  readonly value: number;
  /** As CloudWatch has it; absent where it has nothing of the last hour. */
  readonly used?: number;
}

export interface Role {
  readonly arn: string;
  /** JSON: who may assume it. */
  readonly trustPolicy?: string;
}

export interface Key {
  readonly keyId: string;
  /** `Enabled`, `Disabled`, `PendingDeletion`, … */
  readonly keyState: string;
}
