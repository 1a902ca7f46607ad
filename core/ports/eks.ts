/**
 * What Liftlock reads from Amazon EKS. Field names, enums and error names are the API's own (`error.name` is `ResourceNotFoundException`,
 * `ThrottlingException`, `AccessDeniedException`, …), so that answers of a real client have these types. Lists are complete: an implementation
 * follows `nextToken` to the end.
 */
export interface EksReader {
  listClusters(scope: Scope): Promise<string[]>;
  /** Fails with `ResourceNotFoundException` when the cluster does not exist. */
  describeCluster(scope: Scope, input: { name: string }): Promise<Cluster>;
  listNodegroups(scope: Scope, input: { clusterName: string }): Promise<string[]>;
  describeNodegroup(scope: Scope, input: { clusterName: string; nodegroupName: string }): Promise<Nodegroup>;
  listFargateProfiles(scope: Scope, input: { clusterName: string }): Promise<string[]>;
  listAddons(scope: Scope, input: { clusterName: string }): Promise<string[]>;
  describeAddon(scope: Scope, input: { clusterName: string; addonName: string }): Promise<Addon>;
  describeAddonVersions(scope: Scope, input: { addonName: string; kubernetesVersion?: string }): Promise<AddonInfo[]>;
  /** Ids only, in no documented order. Without `nodegroupName` or `addonName`: the updates of the control plane. */
  listUpdates(scope: Scope, input: UpdateSubject): Promise<string[]>;
  describeUpdate(scope: Scope, input: UpdateSubject & { updateId: string }): Promise<Update>;
  listInsights(scope: Scope, input: { clusterName: string; categories?: InsightCategory[] }): Promise<InsightSummary[]>;
  describeInsight(scope: Scope, input: { clusterName: string; id: string }): Promise<Insight>;
  /** It is no mutation (core/contracts/mutating-calls.ts). Fails with `InvalidRequestException` while a refresh runs. */
  startInsightsRefresh(scope: Scope, input: { clusterName: string }): Promise<InsightsRefresh>;
  describeInsightsRefresh(scope: Scope, input: { clusterName: string }): Promise<InsightsRefresh>;
  describeClusterVersions(scope: Scope): Promise<ClusterVersionInformation[]>;
}

/** Which account and Region a call goes to. */
export interface Scope {
  readonly account: string;
  readonly region: string;
}

/** Exactly one of cluster, node group or add-on. The API finds updates of the latter two only by their names. */
export interface UpdateSubject {
  readonly name: string;
  readonly nodegroupName?: string;
  readonly addonName?: string;
}

export interface Cluster {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  readonly version: string;
  readonly platformVersion?: string;
  readonly status: 'CREATING' | 'ACTIVE' | 'DELETING' | 'FAILED' | 'UPDATING' | 'PENDING' | (string & {});
  readonly endpoint?: string;
  readonly certificateAuthority?: { readonly data?: string };
  readonly roleArn?: string;
  readonly resourcesVpcConfig?: {
    readonly endpointPublicAccess?: boolean;
    readonly endpointPrivateAccess?: boolean;
    readonly publicAccessCidrs?: readonly string[];
    readonly subnetIds?: readonly string[];
    readonly securityGroupIds?: readonly string[];
    readonly clusterSecurityGroupId?: string;
  };
  readonly kubernetesNetworkConfig?: { readonly ipFamily?: 'ipv4' | 'ipv6' | (string & {}) };
  /** At most one entry: the key that encrypts secrets. */
  readonly encryptionConfig?: readonly { readonly provider?: { readonly keyArn?: string } }[];
  readonly accessConfig?: { readonly authenticationMode?: 'API' | 'API_AND_CONFIG_MAP' | 'CONFIG_MAP' | (string & {}) };
  readonly upgradePolicy?: { readonly supportType?: 'STANDARD' | 'EXTENDED' | (string & {}) };
  readonly computeConfig?: { readonly enabled?: boolean };
  readonly health?: { readonly issues?: readonly ResourceIssue[] };
  readonly tags?: Readonly<Record<string, string>>;
  /** Set for local clusters on Outposts. */
  readonly outpostConfig?: object;
  /** Set for clusters registered through EKS Connector. */
  readonly connectorConfig?: object;
}

interface ResourceIssue {
  readonly code?: string;
  readonly message?: string;
  readonly resourceIds?: readonly string[];
}

/** How EKS replaces the nodes of a group: so many at once, 1 to 100, or so many percent of them (facts: eks.md §5.1). */
export interface UpdateConfig {
  readonly maxUnavailable?: number | undefined;
  readonly maxUnavailablePercentage?: number | undefined;
  /** `DEFAULT`: new nodes come first; `MINIMAL`: old ones go first. Absent in a request = it stays. */
  readonly updateStrategy?: string | undefined;
}

export interface Nodegroup {
  readonly nodegroupName: string;
  readonly nodegroupArn?: string;
  readonly createdAt?: Date;
  readonly modifiedAt?: Date;
  readonly clusterName: string;
  /** The cluster version to which it was last moved. With `amiType: CUSTOM` only the nodes know their real kubelet. */
  readonly version?: string;
  readonly releaseVersion?: string;
  readonly status:
    | 'CREATING'
    | 'ACTIVE'
    | 'UPDATING'
    | 'DEGRADED'
    | 'DELETING'
    | 'CREATE_FAILED'
    | 'DELETE_FAILED'
    | (string & {});
  readonly amiType?: string;
  readonly capacityType?: 'ON_DEMAND' | 'SPOT' | 'CAPACITY_BLOCK' | (string & {});
  readonly nodeRole?: string;
  readonly subnets?: readonly string[];
  /** Absent where the launch template has them. */
  readonly instanceTypes?: readonly string[];
  readonly scalingConfig?: { readonly minSize?: number; readonly maxSize?: number; readonly desiredSize?: number };
  readonly updateConfig?: UpdateConfig;
  readonly launchTemplate?: { readonly id?: string; readonly name?: string; readonly version?: string };
  readonly health?: { readonly issues?: readonly ResourceIssue[] };
  readonly labels?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Addon {
  readonly addonName: string;
  readonly clusterName: string;
  readonly addonVersion: string;
  readonly addonArn?: string;
  readonly createdAt?: Date;
  readonly status:
    | 'CREATING'
    | 'ACTIVE'
    | 'CREATE_FAILED'
    | 'UPDATING'
    | 'DELETING'
    | 'DELETE_FAILED'
    | 'DEGRADED'
    | 'UPDATE_FAILED'
    | (string & {});
  readonly health?: { readonly issues?: readonly ResourceIssue[] };
  readonly serviceAccountRoleArn?: string;
  readonly configurationValues?: string;
}

export interface AddonInfo {
  readonly addonName: string;
  readonly type?: string;
  readonly addonVersions: readonly AddonVersionInfo[];
}

interface AddonVersionInfo {
  readonly addonVersion: string;
  readonly compatibilities: readonly {
    readonly clusterVersion: string;
    readonly platformVersions?: readonly string[];
    readonly defaultVersion?: boolean;
  }[];
}

export interface Update {
  readonly id: string;
  readonly status: 'InProgress' | 'Failed' | 'Cancelled' | 'Successful' | (string & {});
  /** `VersionUpdate`, `VersionRollback`, `AddonUpdate`, `ConfigUpdate`, …: 22 values today. An unknown one is somebody else's update. */
  readonly type: string;
  readonly params: readonly { readonly type?: string; readonly value?: string }[];
  readonly createdAt: Date;
  /** The request that started it; absent for an update that was read. */
  readonly requestId?: string;
  readonly errors?: readonly {
    readonly errorCode?: string;
    readonly errorMessage?: string;
    readonly resourceIds?: readonly string[];
  }[];
}

type InsightCategory = 'UPGRADE_READINESS' | 'MISCONFIGURATION' | 'ROLLBACK_READINESS';
type InsightStatusValue = 'PASSING' | 'WARNING' | 'ERROR' | 'UNKNOWN';

export interface InsightSummary {
  readonly id: string;
  readonly name: string;
  readonly category: InsightCategory | (string & {});
  readonly kubernetesVersion?: string;
  readonly lastRefreshTime?: Date;
  readonly lastTransitionTime?: Date;
  readonly description?: string;
  readonly insightStatus: { readonly status: InsightStatusValue | (string & {}); readonly reason?: string };
}

export interface Insight extends InsightSummary {
  readonly recommendation?: string;
  readonly resources?: readonly {
    readonly insightStatus?: { readonly status?: string; readonly reason?: string };
    readonly kubernetesResourceUri?: string;
    readonly arn?: string;
  }[];
  readonly categorySpecificSummary?: {
    readonly deprecationDetails?: readonly {
      readonly usage?: string;
      readonly replacedWith?: string;
      readonly stopServingVersion?: string;
      readonly startServingReplacementVersion?: string;
      readonly clientStats?: readonly {
        readonly userAgent?: string;
        readonly numberOfRequestsLast30Days?: number;
        readonly lastRequestTime?: Date;
      }[];
    }[];
    readonly addonCompatibilityDetails?: readonly {
      readonly name?: string;
      readonly compatibleVersions?: readonly string[];
    }[];
  };
}

export interface InsightsRefresh {
  readonly status?: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | (string & {});
  readonly message?: string;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
}

export interface ClusterVersionInformation {
  readonly clusterVersion: string;
  readonly defaultVersion?: boolean;
  readonly releaseDate?: Date;
  readonly endOfStandardSupportDate?: Date;
  readonly endOfExtendedSupportDate?: Date;
  readonly versionStatus?: 'STANDARD_SUPPORT' | 'EXTENDED_SUPPORT' | 'UNSUPPORTED' | (string & {});
}

/** The calls in the list of `core/contracts/mutating-calls.ts`. Only the mutator uses this port. */
export interface EksMutator {
  updateClusterVersion(scope: Scope, input: UpdateClusterVersionInput): Promise<Update>;
  /** UpdateClusterConfig with `supportType` EXTENDED. */
  extendSupport(scope: Scope, input: ExtendSupportInput): Promise<Update>;
  updateNodegroupVersion(scope: Scope, input: UpdateNodegroupVersionInput): Promise<Update>;
  updateNodegroupConfig(scope: Scope, input: UpdateNodegroupConfigInput): Promise<Update>;
  updateAddon(scope: Scope, input: UpdateAddonInput): Promise<Update>;
}

/** It has no `force`, because that is never sent (rollbacks.md). */
export interface UpdateClusterVersionInput {
  readonly name: string;
  readonly version: string;
  readonly clientRequestToken: string;
  /**
   * For a rollback in Auto Mode: how many minutes EKS gives its nodes to go back. Absent = 720.
   * https://docs.aws.amazon.com/eks/latest/userguide/rollback-automode.html
   */
  readonly timeoutMinutes?: number;
}

export interface ExtendSupportInput {
  readonly name: string;
  readonly clientRequestToken: string;
}

export interface UpdateNodegroupVersionInput {
  readonly clusterName: string;
  readonly nodegroupName: string;
  /** Absent only for `amiType: CUSTOM` (facts: eks.md §5.2). */
  readonly version?: string;
  /** The release of the image that EKS chooses; absent: the newest of the version. */
  readonly releaseVersion?: string;
  readonly launchTemplate?: { readonly id?: string; readonly name?: string; readonly version?: string };
  /** Pods that were not evicted within 15 minutes are deleted, whatever their budgets say (facts: eks.md §5.1). */
  readonly force?: true;
  readonly clientRequestToken: string;
}

/** It has no sizes, labels or taints, because Liftlock changes none of them. */
export interface UpdateNodegroupConfigInput {
  readonly clusterName: string;
  readonly nodegroupName: string;
  readonly updateConfig: UpdateConfig;
  readonly clientRequestToken: string;
}

export interface UpdateAddonInput {
  readonly clusterName: string;
  readonly addonName: string;
  readonly addonVersion: string;
  readonly resolveConflicts: 'PRESERVE';
  readonly serviceAccountRoleArn?: string;
  readonly configurationValues?: string;
  readonly clientRequestToken: string;
}
