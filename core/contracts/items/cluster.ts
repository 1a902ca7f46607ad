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
  /** How EKS replaces its nodes, with every member set; absent in older records. */
  updateSettings: updateSettings.optional(),
  issues: z.array(z.string()),
  /** When the first release came out that is newer than its own: releases are forgotten after two months. Absent where none is known. */
  newerSince: timestamp.optional(),
});

export const addon = z.object({
  name: z.string(),
  version: z.string(),
  status: z.string(),
  issues: z.array(z.string()),
  /** Whether EKS lists this version for the cluster's version; absent where that is unknown. */
  compatible: z.boolean().optional(),
  /** For a version that EKS does not list: the version to which the add-on goes; absent where there is none. */
  wants: z.string().optional(),
  /** Newer defaults of the cluster's version, the newest last, with the day each was first seen; absent where nobody has asked EKS. */
  newer: z.array(z.object({ version: z.string(), seenOn: z.iso.date() })).optional(),
});

/** The owner of nodes whose version EKS does not tell. Of managed groups only those with an AMI of their own are kept (facts: eks.md §5.2). */
const otherNodeKind = z.enum(['managed', 'selfManaged', 'karpenter', 'fargate', 'autoMode', 'hybrid', 'unknown']);
export type OtherNodeKind = z.infer<typeof otherNodeKind>;

/** Nodes of one owner, name and version. */
export const otherNodeGroup = z.object({
  kind: otherNodeKind,
  /** The managed group, the node pool, or the group of eksctl; absent where there is none, and where there are too many to name. */
  name: z.string().optional(),
  /** The minor of their kubelets, or the kubelet's own text where that is no version. */
  version: z.string(),
  count: z.number(),
});
export type OtherNodeGroup = z.infer<typeof otherNodeGroup>;

/** The nodes as the API server showed them last, the oldest versions first. */
export const otherNodes = z.object({ seenAt: timestamp, groups: z.array(otherNodeGroup) });
export type OtherNodes = z.infer<typeof otherNodes>;

/** A change that AWS plans, or something that it will end, as AWS Health announced it. */
export const plannedChange = z.object({
  /** ARN of the event; every message about the change has the same one. */
  event: z.string(),
  /** For example `AWS_EKS_PLANNED_LIFECYCLE_EVENT`. */
  code: z.string(),
  at: timestamp,
  /** ARNs of the cluster or its parts that still await the change. */
  affectedEntities: z.array(z.string()).optional(),
});
export type PlannedChange = z.infer<typeof plannedChange>;

const changeTold = plannedChange.pick({ event: true, at: true }).extend({
  /** When AWS Health has told it, by its own clock. */
  toldAt: timestamp,
  over: z.literal(true).optional(),
  /** ARNs of the cluster or its parts that await the change no more. */
  through: z.array(z.string()).optional(),
});

/** Inventory: one cluster as last observed. ARN and creation time are its key, so a cluster that is deleted and recreated is another one. */
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
  /** Why Liftlock never touches this cluster, such as a local cluster on Outposts; absent for ordinary ones. */
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
  /** Tools whose marks are on it (CloudFormation, Terraform, eksctl). They cause a warning, since they may move the version back. */
  managedBy: z.array(z.string()),
  conditions: z.array(condition),
  /** Parts that could not be read, with AWS's error; what was denied keeps its last known content. Older records name neither. */
  unreadable: z.array(reasonSchema.extend({ part: z.string().optional(), error: z.string().optional() })),
  /** When Liftlock observed the end of the last version change; the API does not tell it (facts: eks.md §2). */
  versionObservedAt: timestamp,
  /** When Liftlock last observed other node groups, images, add-ons or Fargate profiles than before; absent where it never has. */
  partsChangedAt: timestamp.optional(),
  /** Planned changes that are still to come, the next one first; absent where none is known. */
  plannedChanges: z.array(plannedChange).optional(),
  /** What AWS Health has told last of each change, whether it is still to come or over, until its time has passed. Older messages come late. */
  changesTold: z.array(changeTold).optional(),
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

/** Decisions of people and of Liftlock about a cluster. The inventory never writes them. */
export const clusterControl = z.object({
  clusterKey: z.string(),
  /** Nothing starts there until `retry` or `release`. */
  held: hold.optional(),
  /** The hold that a retry has removed. Until its upgrade succeeds no other hop begins, and the hold returns once nobody will try that upgrade. */
  retried: hold.optional(),
  breakGlass: breakGlass.optional(),
});
export type ClusterControl = z.infer<typeof clusterControl>;

/** One account and Region as discovery last found it. `Denied` never removes clusters. */
export const accountState = z.object({
  account: z.string(),
  region: z.string(),
  status: z.enum(['Ok', 'Denied', 'Unreachable']),
  reason: z.string().optional(),
  clusters: z.number(),
  /** All clusters that are known there. While each of them is listed, none is missing. Absent where they could not be listed. */
  names: z.array(z.string()).optional(),
  checkedAt: timestamp,
});
export type AccountState = z.infer<typeof accountState>;

/** The organization whose accounts discovery has listed. */
export const organization = z.object({
  organizationId: z.string(),
  /** Why the organization that the Fleet names cannot be listed, and since when; absent where it was listed. */
  unlisted: z.object({ organizationId: z.string(), why: z.string(), since: timestamp }).optional(),
});
export type Organization = z.infer<typeof organization>;

/** A day in UTC. It is an instant in items of older releases, and where it is not the beginning of a day. */
const day = z.union([z.iso.date(), timestamp]);

/** What EKS offers in one Region. `announced` has the versions for which VersionAvailable was sent; the first look is a baseline. */
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

/** One of the clusters that have had this name, the newest one last. A step finds its cluster by it. */
export const clusterName = z.object({
  account: z.string(),
  region: z.string(),
  name: z.string(),
  clusterKey: z.string(),
});

/** Releases of the images that EKS chooses for managed node groups in one Region, as far as Liftlock has seen them. */
export const imageReleases = z.object({
  region: z.string(),
  images: z.array(
    z.object({
      /** The minor. */
      version: z.string(),
      amiType: z.string(),
      /** The newest one first. */
      releases: z.array(z.object({ release: z.string(), publishedAt: timestamp })),
      /** Since when Systems Manager has returned none of it. */
      unreadSince: timestamp.optional(),
    }),
  ),
  /** When they were last read; NEVER where that has not succeeded. */
  checkedAt: timestamp,
  /** Since when reading them fails, with the first error; absent where the last try succeeded. */
  unread: z.object({ since: timestamp, why: z.string() }).optional(),
});
export type ImageReleases = z.infer<typeof imageReleases>;

/** Ids of updates that were seen in a terminal state, so that nobody asks about them twice. It is a cache; no decision depends on it. */
export const settledUpdates = z.object({ clusterKey: z.string(), subject: z.string(), ids: z.array(z.string()) });

/** The last SupportDeadlineApproaching of a cluster or PlannedChangeApproaching of a change, each an item, since a Region may have thousands. */
export const deadlineNotice = z.object({
  region: z.string(),
  clusterKey: z.string(),
  /** ARN of the AWS Health event, or `rollback`; absent = the end of support. */
  event: z.string().optional(),
  /** The deadline, and the days before it (90, 60, 30, 7; 1 for a rollback) that were announced last. */
  endsAt: timestamp,
  days: z.number(),
});
export type DeadlineNotice = z.infer<typeof deadlineNotice>;
