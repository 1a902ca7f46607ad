import type { Cluster, ClusterIssue, FargateProfile } from '@aws-sdk/client-eks';
import type { KubernetesState } from '../../kubernetes/kubernetes-state.ts';
import type { InsightsState } from './insights-state.ts';
import type { NodegroupRecord } from './nodegroup-record.ts';
import type { UpdateRecord } from './update-record.ts';

/** One cluster in the model, as plain JSON. Times are epoch milliseconds. */
export interface ClusterRecord {
  account: string;
  region: string;
  name: string;
  arn: string;
  createdAt: number;
  version: string;
  platformVersion: string;
  status: 'CREATING' | 'ACTIVE' | 'DELETING' | 'FAILED' | 'UPDATING' | 'PENDING';
  supportType: 'STANDARD' | 'EXTENDED';
  tags: Record<string, string>;
  healthIssues: ClusterIssue[];
  /** The rest of DescribeCluster's answer, which does not change by itself: endpoint, roleArn, resourcesVpcConfig, … */
  description: ClusterDescription;
  nodegroups: NodegroupRecord[];
  addons: AddonRecord[];
  fargateProfiles: FargateProfileRecord[];
  accessEntries: AccessEntryRecord[];
  /** Updates of the control plane, the node groups and the add-ons, in the order of acceptance. */
  updates: UpdateRecord[];
  /** Every version the control plane has had, oldest first; the last one is the present one. */
  versions: VersionEntry[];
  insights: InsightsState;
  kubernetes: KubernetesState;
  /** From that minor on its API server fails this many times as many requests; absent when no minor does. */
  apiErrors?: Regression;
  /** Load balancers of its workloads, by their name in CloudWatch: `app/checkout/50dc6c495c0c9188`. */
  loadBalancers?: { name: string; errors?: Regression | undefined; latency?: Regression | undefined }[];
  /** The series of its services in Prometheus, by the texts of queries; `worse`: from a minor on there is this many times as much. */
  prometheus?: {
    /** The ARN of the workspace of Amazon Managed Service for Prometheus with the series; at every URL when absent. */
    workspace?: string | undefined;
    requests: string;
    errors?: string | undefined;
    seconds?: string | undefined;
    worse: { errors?: Regression | undefined; seconds?: Regression | undefined };
  }[];
  deletedAt?: number;
  /** The request that created it, for idempotency. */
  creation?: Record<string, unknown>;
  /** Enabled features of EKS with the first minor that has them: a rollback below it is not possible (facts: eks.md §3.2). */
  enabledFeatures?: { name: string; since: string }[];
}

/** From a minor on there is this many times as much. */
export interface Regression {
  from: string;
  times: number;
}

export type ClusterDescription = Omit<
  Cluster,
  | 'name'
  | 'arn'
  | 'createdAt'
  | 'version'
  | 'platformVersion'
  | 'status'
  | 'upgradePolicy'
  | 'tags'
  | 'health'
  | 'connectorConfig'
> & { connectorConfig?: { provider?: string; roleArn?: string } };

export interface VersionEntry {
  version: string;
  since: number;
  /**
   * How the control plane reached it. Only `upgrade` and `auto-upgrade-standard` can be rolled back (facts: eks.md §3.2); `unknown` comes from a dump
   * that does not tell.
   */
  how: 'created' | 'unknown' | 'upgrade' | 'rollback' | 'auto-upgrade-standard' | 'auto-upgrade-extended';
  updateId?: string;
}

export interface AddonRecord {
  name: string;
  arn: string;
  version: string;
  status:
    | 'CREATING'
    | 'ACTIVE'
    | 'CREATE_FAILED'
    | 'UPDATING'
    | 'DELETING'
    | 'DELETE_FAILED'
    | 'DEGRADED'
    | 'UPDATE_FAILED';
  createdAt: number;
  modifiedAt: number;
  healthIssues: { code?: string; message?: string; resourceIds?: string[] }[];
  serviceAccountRoleArn?: string;
  configurationValues?: string;
  podIdentityAssociations?: string[];
  tags: Record<string, string>;
  /** A user changed fields that EKS manages: `resolveConflicts: NONE` then fails (facts: eks.md §7). */
  customised: boolean;
}

export type FargateProfileRecord = Omit<FargateProfile, 'createdAt'> & {
  fargateProfileName: string;
  createdAt: number;
};

export interface AccessEntryRecord {
  principalArn: string;
  kubernetesGroups: string[];
  type: string;
  createdAt: number;
  policies: { policyArn: string; accessScope: { type: 'cluster' | 'namespace'; namespaces?: string[] } }[];
}
