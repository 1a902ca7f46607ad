import { findCluster, findNodegroup, requireActive } from '../clusters.ts';
import { earlierUpdate } from '../idempotency.ts';
import { requireNodegroupUpdatable } from '../one-update-at-a-time.ts';
import { startRoll } from '../progress/start-roll.ts';
import { renderUpdate } from '../updates.ts';
import type { EksOperations } from './eks-operations.ts';
import { rollTarget } from './roll-target.ts';

export const nodegroupVersionUpdate: EksOperations<'UpdateNodegroupVersion'> = {
  /** Updates a node group to a version, an AMI release or a launch template version (facts: eks.md §5.2). */
  UpdateNodegroupVersion(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    const nodegroup = findNodegroup(cluster, input.nodegroupName);
    const earlier = earlierUpdate('UpdateNodegroupVersion', cluster, input);
    if (earlier !== undefined) return { update: renderUpdate(earlier) };
    requireNodegroupUpdatable(cluster, nodegroup);
    // A version that the control plane has not reached yet is a wrong parameter (aws-controllers-k8s/community#2957).
    const target = rollTarget(context, cluster, nodegroup, input);
    requireActive(cluster);
    const update = startRoll(context, cluster, nodegroup, {
      ...target,
      force: input.force === true,
      principal: context.caller.principal,
      request: { operation: 'UpdateNodegroupVersion', input: { ...input } },
    });
    return { update: renderUpdate(update) };
  },
};
