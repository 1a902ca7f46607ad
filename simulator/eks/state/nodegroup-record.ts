import type { Nodegroup } from '@aws-sdk/client-eks';

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
