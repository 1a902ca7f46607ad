import type { ErrorCode, UpdateType } from '@aws-sdk/client-eks';
import type { AddonVersionRow } from '../addon-version-data.ts';
import type { MutationRecord, RefusedMutation } from '../log/mutation-record.ts';
import type { OutsideActor } from '../progress/outside-actor.ts';
import type { Timer } from '../progress/timer.ts';
import type { SupportCalendarRow } from '../support-calendar-data.ts';
import type { ClusterRecord } from './cluster-record.ts';

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
