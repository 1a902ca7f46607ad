import type {
  Cluster,
  ClusterIssue,
  ErrorCode,
  FargateProfile,
  Nodegroup,
  UpdateParam,
  UpdateType,
} from '@aws-sdk/client-eks';
import type { KubernetesState } from '../../kubernetes/kubernetes-state.ts';
import type { AddonVersionRow } from '../addon-version-data.ts';
import type { MutationRecord, RefusedMutation } from '../log/mutation-record.ts';
import type { OutsideActor } from '../progress/outside-actor.ts';
import type { Timer } from '../progress/timer.ts';
import type { SupportCalendarRow } from '../support-calendar-data.ts';
import type { InsightsState } from './insights-state.ts';

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

/** One managed node group, as plain JSON. Times are epoch milliseconds. */
export interface NodegroupRecord {
  name: string;
  arn: string;
  createdAt: number;
  modifiedAt: number;
  version: string;
  releaseVersion: string;
  status: 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DEGRADED' | 'DELETING' | 'CREATE_FAILED' | 'DELETE_FAILED';
  amiType: string;
  scalingConfig: { minSize: number; maxSize: number; desiredSize: number };
  updateConfig: { maxUnavailable?: number; maxUnavailablePercentage?: number; updateStrategy?: 'DEFAULT' | 'MINIMAL' };
  launchTemplate?: { id?: string; name?: string; version?: string };
  labels: Record<string, string>;
  tags: Record<string, string>;
  healthIssues: { code?: string; message?: string; resourceIds?: string[] }[];
  /** The rest of DescribeNodegroup's answer: instanceTypes, subnets, nodeRole, … */
  description: NodegroupDescription;
  /** The call that created it, for idempotency; absent for an older one. */
  creation?: Record<string, unknown>;
  /** Since when it is DELETING. */
  deletedAt?: number;
  /** The version and image that its Auto Scaling group launches; it changes when an update begins, and stays when that fails. */
  launches?: { kubeletVersion: string; image: string };
  /** The running update. */
  roll?: NodegroupRoll;
}

export type NodegroupDescription = Pick<
  Nodegroup,
  | 'capacityType'
  | 'instanceTypes'
  | 'subnets'
  | 'remoteAccess'
  | 'nodeRole'
  | 'taints'
  | 'resources'
  | 'diskSize'
  | 'nodeRepairConfig'
>;

/** The state of a node group's update (facts: eks.md §5.1). */
export interface NodegroupRoll {
  updateId: string;
  version: string;
  releaseVersion: string;
  launchTemplate?: { id?: string; name?: string; version?: string };
  kubeletVersion: string;
  image: string;
  force: boolean;
  phase: 'setup' | 'scale-up' | 'upgrade' | 'scale-down';
  /** How many nodes are replaced at once. */
  parallel: number;
  /** Names of the nodes that still have to be replaced, those being drained first. */
  remaining: string[];
  draining: { node: string; since: number }[];
}

/** One update of a control plane, node group or add-on, with its true times, which the API does not return. */
export interface UpdateRecord {
  id: string;
  type: UpdateType;
  status: 'InProgress' | 'Failed' | 'Cancelled' | 'Successful';
  params: UpdateParam[];
  createdAt: number;
  /** Absent while in progress. */
  endedAt?: number;
  errors: { errorCode: ErrorCode; errorMessage: string; resourceIds: string[] }[];
  cancellation?: { status: 'InProgress' | 'Failed' | 'Successful'; reason?: string };
  /** Absent for an update of the control plane. */
  nodegroupName?: string;
  addonName?: string;
  toVersion?: string;
  /** Only a rollback on Auto Mode has a node phase, in which alone it can be cancelled (facts: eks.md §3.5). */
  phase?: 'nodes' | 'control-plane';
  /** The timeout of the node phase. */
  nodePhaseEndsAt?: number;
  /** The call that started it, for idempotency; absent for AWS's own updates and for those of a dump. */
  request?: { operation: string; input: Record<string, unknown> };
  /** The call that cancelled it, for idempotency. */
  cancelRequest?: Record<string, unknown>;
  /** The principal, or `eks.amazonaws.com` for AWS's own updates. */
  principal: string;
  /** The failure of an accepted update, decided at its acceptance. */
  plannedFailure?: { errorCode: ErrorCode; errorMessage: string };
}

/** The whole state of the fake EKS, as plain JSON: it can be stored, cloned and compared. Times are epoch milliseconds. */
export interface FakeEksState {
  /** The time that the world has reached. */
  now: number;
  /** By ARN. */
  clusters: Record<string, ClusterRecord>;
  /** Clusters that were deleted, for the invariants. */
  gone: ClusterRecord[];
  /** Future events, soonest first. */
  timers: Timer[];
  timerSequence: number;
  supportCalendar: SupportCalendarRow[];
  addonVersions: Record<string, AddonVersionRow[]>;
  /** `launch template id or name:version` → kubelet version, for node groups with their own AMI. */
  launchTemplateKubelets: Record<string, string>;
  /** Images that users have built, by their id, without those that node groups began with. */
  images?: Record<string, MadeImage>;
  /** The day of the newest release of a minor's images: `2026-11-19`; for the others it is 2026-11-12. */
  imageDays?: Record<string, string>;
  /** Parameters of Systems Manager, by `account/region/name`. */
  parameters?: Record<string, { value: string; tags: Record<string, string> }>;
  /** Versions of launch templates that were made here, by `template:number`. */
  templateVersions?: Record<string, { imageId: string; description: string; clientToken: string }>;
  /** Tags of launch templates, by id or name. */
  templateTags?: Record<string, Record<string, string>>;
  deniedAccounts: string[];
  /** Owners of shared subnets, by the subnet's id. */
  subnetOwners?: Record<string, string>;
  /** Free addresses of subnets, by the subnet's id; all others have plenty. */
  freeAddresses?: Record<string, number>;
  /**
   * Resources that clusters still name and that no longer exist: ids of subnets, security groups and AMIs, `template:version`, ARNs of roles and
   * keys.
   */
  goneResources?: string[];
  /** Trust policies of roles, by their ARN; all others name the service that assumes them. */
  trustPolicies?: Record<string, object>;
  /** Quotas of vCPUs, by their code; all others have plenty. */
  vcpuQuotas?: Record<string, number>;
  /** States of KMS keys, by their ARN; all others are Enabled. */
  keyStates?: Record<string, string>;
  /** Vaults of AWS Backup by their ARN, with their recovery points. */
  backupVaults?: Record<string, readonly { resourceArn: string; status: string; creationDate: string }[]>;
  /** Failing upgrade insights block upgrades. AWS has disabled that and may enable it on any day (facts: eks.md C3). */
  enforcesUpgradeInsights?: boolean;
  /** Null without throttling. Reads and writes of one account and Region share a bucket (facts: eks.md §11). */
  throttle: { requestsPerSecond: number; burst: number } | null;
  /** The remaining tokens by `account/region`. */
  buckets: Record<string, { tokens: number; at: number }>;
  /** Seconds until ListUpdates shows an update; at once when absent. It is not documented (docs/protocol.md). */
  listLagSeconds?: number;
  /** The longest refresh of insights; by the timing when absent. */
  slowestRefreshSeconds?: number;
  /** Accepted updates that will fail, each used once, in this order. */
  plannedFailures: PlannedFailure[];
  mutations: MutationRecord[];
  refusedMutations: RefusedMutation[];
  actors: OutsideActor[];
  /** Failed actions of outside actors, e.g. on a busy cluster. */
  actorFailures: { at: number; actor: OutsideActor; error: string }[];
}

/** An AMI of one account and Region. */
export interface MadeImage {
  account: string;
  region: string;
  /** The minor of its kubelet. */
  kubelet: string;
  architecture: string;
  creationDate: string;
  deprecationTime?: string | undefined;
  tags: Record<string, string>;
}

export interface PlannedFailure {
  clusterName: string;
  type: UpdateType;
  nodegroupName?: string;
  addonName?: string;
  errorCode: ErrorCode;
  errorMessage: string;
}
