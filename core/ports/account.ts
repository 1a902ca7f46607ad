import type { Scope } from './eks.ts';

/**
 * What Liftlock reads from a cluster's account beside EKS and EC2, in the APIs' own terms. Undefined: it does not exist. Errors have the services'
 * names (`AccessDenied`, `AccessDeniedException`).
 */
export interface AccountReader {
  /** IAM. */
  getRole(scope: Scope, roleName: string): Promise<Role | undefined>;
  /** Systems Manager: the value of a parameter that is no secret. */
  getParameter(scope: Scope, name: string): Promise<string | undefined>;
  /** Systems Manager: those of up to ten parameters that exist. */
  getParameters(scope: Scope, names: readonly string[]): Promise<Parameter[]>;
  /** KMS; `keyId` is an ARN where the key may belong to another account. */
  describeKey(scope: Scope, keyId: string): Promise<Key | undefined>;
  /** Service Quotas: one of EC2's quotas. */
  getServiceQuota(scope: Scope, quotaCode: string): Promise<Quota | undefined>;
  /** AWS Backup: the recovery points of a resource in a vault of the account and Region. */
  listRecoveryPoints(scope: Scope, vaultName: string, resourceArn: string): Promise<RecoveryPoint[]>;
  /**
   * CloudWatch, in one request: the data of each metric, in the order of the request. An unknown metric has no minutes. A metric that could not be
   * read completely is an error by itself (`IncompleteAnswer`), and the others have their data.
   */
  getMetricData(scope: Scope, asked: MetricData): Promise<(readonly MetricMinute[] | Error)[]>;
}

/** At most 500 metrics; `from` is inclusive and `to` exclusive. CloudWatch keeps minutes for 15 days. */
export interface MetricData {
  readonly metrics: readonly AskedMetric[];
  readonly from: Date;
  readonly to: Date;
}

/** A metric with exactly these dimensions. */
export interface AskedMetric {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly metric: string;
  readonly statistic: 'Sum' | 'SampleCount';
}

/** A minute with data; the minutes of a metric are sorted by time. */
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
  /** Only for a recovery point that is a part of a backup. */
  readonly parentRecoveryPointArn?: string;
}

export interface Quota {
  readonly quotaCode: string;
  readonly value: number;
  /** The usage in CloudWatch; absent without data of the last hour. */
  readonly used?: number;
}

export interface Role {
  readonly arn: string;
  /** JSON that says who may assume the role. */
  readonly trustPolicy?: string;
}

export interface Key {
  readonly keyId: string;
  /** `Enabled`, `Disabled`, `PendingDeletion`, … */
  readonly keyState: string;
}
