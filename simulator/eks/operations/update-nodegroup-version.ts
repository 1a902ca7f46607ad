import type { UpdateNodegroupVersionRequest, UpdateNodegroupVersionResponse } from '@aws-sdk/client-eks';
import { findCluster, findNodegroup, requireActive } from '../clusters.ts';
import { earlierUpdate } from '../idempotency.ts';
import type { OperationContext } from '../operation-context.ts';
import { startRoll } from '../progress/start-roll.ts';
import { refuseWhileUpdating, renderUpdate } from '../updates.ts';
import { rollTarget } from './roll-target.ts';

/** Rolls a node group to a version, an AMI release or a launch template version (facts: eks.md §5.2). */
export function updateNodegroupVersion(
  context: OperationContext,
  input: UpdateNodegroupVersionRequest,
): UpdateNodegroupVersionResponse {
  const cluster = findCluster(context.state, context.caller, input.clusterName);
  const nodegroup = findNodegroup(cluster, input.nodegroupName);
  const earlier = earlierUpdate('UpdateNodegroupVersion', cluster, input);
  if (earlier !== undefined) return { update: renderUpdate(earlier) };
  refuseWhileUpdating(context, 'UpdateNodegroupVersion', cluster, { nodegroupName: nodegroup.name });
  requireActive(cluster);
  const target = rollTarget(context, cluster, nodegroup, input);
  const update = startRoll(context, cluster, nodegroup, {
    ...target,
    force: input.force === true,
    principal: context.caller.principal,
    request: { operation: 'UpdateNodegroupVersion', input: { ...input } },
  });
  return { update: renderUpdate(update) };
}
