import type { ErrorCode } from '@aws-sdk/client-eks';
import type { World } from '../operation-context.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';
import type { NodegroupRecord } from '../state/nodegroup-record.ts';
import { endUpdate } from '../updates.ts';

/** All nodes are new: only now the node group says so. */
export function finishRoll(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  const { roll } = nodegroup;
  const update = cluster.updates.find((each) => each.id === roll?.updateId);
  if (roll === undefined || update === undefined) return;
  nodegroup.version = roll.version;
  nodegroup.releaseVersion = roll.releaseVersion;
  nodegroup.healthIssues = [];
  nodegroup.status = 'ACTIVE';
  nodegroup.modifiedAt = world.now;
  delete nodegroup.roll;
  endUpdate(world, update, 'Successful');
}

/**
 * The update failed: nothing is undone. Replaced nodes stay new, the others stay old, the launch template is the new one
 * and old nodes take pods again (facts: eks.md §5.4). Another update may go on from there.
 */
export function failRoll(
  world: World,
  cluster: ClusterRecord,
  nodegroup: NodegroupRecord,
  failure: { errorCode: ErrorCode; errorMessage: string; resourceIds?: string[] },
): void {
  const { roll } = nodegroup;
  const update = cluster.updates.find((each) => each.id === roll?.updateId);
  if (roll === undefined || update === undefined) return;
  const { errorCode, errorMessage, resourceIds = [nodegroup.name] } = failure;
  for (const node of cluster.kubernetes.nodes) {
    if (roll.remaining.includes(node.name)) node.unschedulable = false;
  }
  update.errors.push({ errorCode, errorMessage, resourceIds });
  nodegroup.status = errorCode === 'NodeCreationFailure' ? 'DEGRADED' : 'ACTIVE';
  nodegroup.healthIssues =
    errorCode === 'PodEvictionFailure' || errorCode === 'NodeCreationFailure'
      ? [{ code: errorCode, message: errorMessage, resourceIds }]
      : [];
  nodegroup.modifiedAt = world.now;
  delete nodegroup.roll;
  endUpdate(world, update, 'Failed');
}
