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
  /**
   * CloudWatch, in one request: what it has of each metric, in the order in which they are asked for. One that it does not know has no minutes; one
   * that it could not read to the end is an error by itself (`IncompleteAnswer`), and the others are there.
   */
  getMetricData(scope: Scope, asked: MetricData): Promise<(readonly MetricMinute[] | Error)[]>;
}

/** At most 500 metrics; `from` is in it, `to` is not. CloudWatch keeps minutes for 15 days. */
export interface MetricData {
  readonly metrics: readonly AskedMetric[];
  readonly from: Date;
  readonly to: Date;
}

/** A metric of exactly these dimensions. */
export interface AskedMetric {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly metric: string;
  readonly statistic: 'Sum' | 'SampleCount';
}

/** A minute that has data; those of a metric come oldest first. */
export interface MetricMinute {
  /** When it began. */
  readonly at: Date;
  readonly value: number;
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
