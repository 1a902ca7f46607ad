import type { ErrorCode, UpdateType } from '@aws-sdk/client-eks';
import type { AddonVersionRow } from '../addon-version-data.ts';
import type { MutationRecord, RefusedMutation } from '../log/mutation-record.ts';
import type { OutsideActor } from '../progress/outside-actor.ts';
import type { Timer } from '../progress/timer.ts';
import type { SupportCalendarRow } from '../support-calendar-data.ts';
import type { ClusterRecord } from './cluster-record.ts';

/** Everything the fake EKS knows, as plain JSON: it can be stored, cloned and compared. Times are epoch milliseconds. */
export interface FakeEksState {
  /** The world has evolved up to here. */
  now: number;
  /** By ARN. */
  clusters: Record<string, ClusterRecord>;
  /** Clusters that were deleted, for the invariants. */
  gone: ClusterRecord[];
  /** What will happen by itself, soonest first. */
  timers: Timer[];
  timerSequence: number;
  supportCalendar: SupportCalendarRow[];
  addonVersions: Record<string, AddonVersionRow[]>;
  /** `launch template id or name:version` → kubelet version, for node groups with their own AMI. */
  launchTemplateKubelets: Record<string, string>;
  /** Images that somebody has built, by their id; those that node groups began with are not among them. */
  images?: Record<string, MadeImage>;
  /** Parameters of Systems Manager, by `account/region/name`. */
  /** Of a minor, the day of the newest release of its images: `2026-11-19`; of the others it is 2026-11-12. */
  imageDays?: Record<string, string>;
  parameters?: Record<string, { value: string; tags: Record<string, string> }>;
  /** Versions of launch templates that were made here, by `template:number`. */
  templateVersions?: Record<string, { imageId: string; description: string; clientToken: string }>;
  /** Tags of launch templates, by id or name. */
  templateTags?: Record<string, Record<string, string>>;
  deniedAccounts: string[];
  /** Owners of the subnets that accounts share with others, by the subnet's id; who shares none has no entry. */
  subnetOwners?: Record<string, string>;
  /** Free addresses of subnets, by the subnet's id; of all others there are plenty. */
  freeAddresses?: Record<string, number>;
  /** What clusters still name and is there no more: ids of subnets, security groups and AMIs, `template:version`, ARNs of roles and keys. */
  goneResources?: string[];
  /** Trust policies of roles, by their ARN; all others name the service that assumes them. */
  trustPolicies?: Record<string, object>;
  /** Quotas of vCPUs, by their code; of all others there is plenty. */
  vcpuQuotas?: Record<string, number>;
  /** States of KMS keys, by their ARN; all others are Enabled. */
  keyStates?: Record<string, string>;
  /** Vaults of AWS Backup by their ARN, with what each has. */
  backupVaults?: Record<string, readonly { resourceArn: string; status: string; creationDate: string }[]>;
  /** Red upgrade insights block upgrades. AWS has switched that off and may switch it on any day (facts: eks.md C3). */
  enforcesUpgradeInsights?: boolean;
  /** Null: no throttling. Reads and writes of one account and Region share a bucket (facts: eks.md §11). */
  throttle: { requestsPerSecond: number; burst: number } | null;
  /** `account/region` → what is left in its bucket. */
  buckets: Record<string, { tokens: number; at: number }>;
  /** Seconds until ListUpdates shows an update; absent = at once. Nothing is documented of it (docs/protocol.md). */
  listLagSeconds?: number;
  /** The longest that a refresh of insights takes; absent = as the timing says. */
  slowestRefreshSeconds?: number;
  /** Accepted updates that will fail, each used once, in this order. */
  plannedFailures: PlannedFailure[];
  mutations: MutationRecord[];
  refusedMutations: RefusedMutation[];
  actors: OutsideActor[];
  /** What outside actors tried in vain, e.g. on a cluster that was busy. */
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
