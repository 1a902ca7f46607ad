import { z } from 'zod';
import { breakGlass } from './break-glass.ts';
import { condition, reasonSchema, timestamp } from './common.ts';

export const updateSettings = z.object({
  maxUnavailable: z.number().int().optional(),
  maxUnavailablePercentage: z.number().int().optional(),
  updateStrategy: z.string(),
});

export const nodegroup = z.object({
  name: z.string(),
  version: z.string().optional(),
  releaseVersion: z.string().optional(),
  status: z.string(),
  amiType: z.string().optional(),
  desiredSize: z.number().optional(),
  /** How EKS replaces its nodes, told in full; absent in older records. */
  updateSettings: updateSettings.optional(),
  issues: z.array(z.string()),
});

export const addon = z.object({
  name: z.string(),
  version: z.string(),
  status: z.string(),
  issues: z.array(z.string()),
  /** Whether EKS lists this version for the cluster's; absent where that is not known. */
  compatible: z.boolean().optional(),
  /** Where it does not: the version to which it is to go; absent where none leads there. */
  wants: z.string().optional(),
  /** Newer ones that were the default of the cluster's version, the newest last, with the day on which that was seen first; absent where nobody has asked. */
  newer: z.array(z.object({ version: z.string(), seenOn: z.iso.date() })).optional(),
});

/** Whose a node is that EKS does not tell the version of: of managed groups only those with an AMI of their own are kept (facts: eks.md §5.2). */
const otherNodeKind = z.enum(['managed', 'selfManaged', 'karpenter', 'fargate', 'autoMode', 'hybrid', 'unknown']);
export type OtherNodeKind = z.infer<typeof otherNodeKind>;

/** Such nodes that are alike, whoever moves them. */
export const otherNodeGroup = z.object({
  kind: otherNodeKind,
  /** The managed group, the node pool, or the group of eksctl; absent where there is none, and where there are too many to name. */
  name: z.string().optional(),
  /** Minor of their kubelets, or what they say where that is none. */
  version: z.string(),
  count: z.number(),
});
export type OtherNodeGroup = z.infer<typeof otherNodeGroup>;

/** As the API server last told them, the oldest first. */
export const otherNodes = z.object({ seenAt: timestamp, groups: z.array(otherNodeGroup) });
export type OtherNodes = z.infer<typeof otherNodes>;

/** What AWS Health says that AWS will do, or end, and when. */
export const plannedChange = z.object({
  /** ARN of the event, the same in all that is told of it. */
  event: z.string(),
  /** `AWS_EKS_PLANNED_LIFECYCLE_EVENT`, for one. */
  code: z.string(),
  at: timestamp,
  /** ARNs of the cluster, or of parts of it, that await it still. */
  affectedEntities: z.array(z.string()).optional(),
});
export type PlannedChange = z.infer<typeof plannedChange>;

/** Inventory: one cluster as last observed. Its key is ARN and creation time: one deleted and recreated is another cluster. */
export const clusterRecord = z.object({
  clusterKey: z.string(),
  arn: z.string(),
  createdAt: timestamp,
  account: z.string(),
  region: z.string(),
  name: z.string(),
  version: z.string(),
  platformVersion: z.string().optional(),
  status: z.string(),
  supportType: z.string().optional(),
  endpoint: z.object({ publicAccess: z.boolean(), privateAccess: z.boolean(), publicAccessCidrs: z.array(z.string()) }),
  authenticationMode: z.string().optional(),
  autoMode: z.boolean(),
  /** Why this cluster is never touched, e.g. a local cluster on Outposts; absent for ordinary ones. */
  unsupported: z.string().optional(),
  nodegroups: z.array(nodegroup),
  /** Absent until a scan or a smoke check has read the nodes. */
  otherNodes: otherNodes.optional(),
  fargateProfiles: z.array(z.string()),
  addons: z.array(addon),
  insights: z.object({
    passing: z.number(),
    warning: z.number(),
    error: z.number(),
    unknown: z.number(),
    lastRefreshTime: timestamp.optional(),
  }),
  tags: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.string()),
  /** Tools whose marks are on it (CloudFormation, Terraform, eksctl): shown as a warning, since they may move the version back. */
  managedBy: z.array(z.string()),
  conditions: z.array(condition),
  /** Parts that could not be read, with AWS's word for why; what was denied keeps its last known content. Older records name neither. */
  unreadable: z.array(reasonSchema.extend({ part: z.string().optional(), error: z.string().optional() })),
  /** Our own observation of the end of the last version change; the API gives none (facts: eks.md §2). */
  versionObservedAt: timestamp,
  /** Changes that are still to come, the next one first; absent where none is known. */
  plannedChanges: z.array(plannedChange).optional(),
  deletedAt: timestamp.optional(),
  lastSeenAt: timestamp,
});
export type ClusterRecord = z.infer<typeof clusterRecord>;

const hold = z.object({
  reason: reasonSchema,
  since: timestamp,
  upgradeId: z.string().optional(),
  mutated: z.boolean().optional(),
});

/** What people and Liftlock decided about a cluster; inventory never writes it. */
export const clusterControl = z.object({
  clusterKey: z.string(),
  /** Nothing starts there until `retry` or `release`. */
  held: hold.optional(),
  /** What a retry has taken off: until its upgrade has succeeded no other hop begins, and it holds again once nobody is to try that upgrade. */
  retried: hold.optional(),
  breakGlass: breakGlass.optional(),
});
export type ClusterControl = z.infer<typeof clusterControl>;

/** One account and Region as discovery last found it. `Denied` never makes clusters disappear. */
export const accountState = z.object({
  account: z.string(),
  region: z.string(),
  status: z.enum(['Ok', 'Denied', 'Unreachable']),
  reason: z.string().optional(),
  clusters: z.number(),
  /** All clusters that are known there: as long as each of them is listed, none is missing. Absent where nothing could be listed. */
  names: z.array(z.string()).optional(),
  checkedAt: timestamp,
});
export type AccountState = z.infer<typeof accountState>;

/** The organization whose accounts discovery has listed. */
export const organization = z.object({
  organizationId: z.string(),
  /** Why the one that the Fleet names cannot be listed, since when; absent where it was. */
  unlisted: z.object({ organizationId: z.string(), why: z.string(), since: timestamp }).optional(),
});
export type Organization = z.infer<typeof organization>;

/** A day in UTC; an instant where it is not that day's beginning, and in items of older releases. */
const day = z.union([z.iso.date(), timestamp]);

/** What EKS offers in one Region. `announced` are the versions for which VersionAvailable was sent; the first look is a baseline. */
export const regionVersions = z.object({
  region: z.string(),
  versions: z.array(
    z.object({
      version: z.string(),
      status: z.string(),
      defaultVersion: z.boolean().optional(),
      releaseDate: day.optional(),
      endOfStandardSupport: day.optional(),
      endOfExtendedSupport: day.optional(),
    }),
  ),
  announced: z.array(z.string()),
  checkedAt: timestamp,
});
export type RegionVersions = z.infer<typeof regionVersions>;

/** One of the clusters that have had this name, the newest created last: how a step finds whom it acts for. */
export const clusterName = z.object({
  account: z.string(),
  region: z.string(),
  name: z.string(),
  clusterKey: z.string(),
});

/** Releases of the images that EKS chooses for managed node groups in one Region, as far as somebody has seen them published. */
export const imageReleases = z.object({
  region: z.string(),
  images: z.array(
    z.object({
      /** The minor. */
      version: z.string(),
      amiType: z.string(),
      /** The newest first. */
      releases: z.array(z.object({ release: z.string(), publishedAt: timestamp })),
    }),
  ),
  /** When they were read last; NEVER where nobody could. */
  checkedAt: timestamp,
  /** Since when reading them fails, and why it did first; absent where the last try went well. */
  unread: z.object({ since: timestamp, why: z.string() }).optional(),
});
export type ImageReleases = z.infer<typeof imageReleases>;

/** Ids of updates that were seen terminal: EKS lists them for ever, and nobody asks about them twice. A cache, no decision rests on it. */
export const settledUpdates = z.object({ clusterKey: z.string(), subject: z.string(), ids: z.array(z.string()) });

/** The last SupportDeadlineApproaching of one cluster, or PlannedChangeApproaching of one change: one item each, since a Region may hold thousands. */
export const deadlineNotice = z.object({
  region: z.string(),
  clusterKey: z.string(),
  /** ARN of the AWS Health event, or `rollback`; absent = the end of support. */
  event: z.string().optional(),
  /** The deadline, and the days before it (90, 60, 30, 7; 1 of a rollback) that were announced last. */
  endsAt: timestamp,
  days: z.number(),
});
export type DeadlineNotice = z.infer<typeof deadlineNotice>;
