import type { DeleteNodegroupRequest, DeleteNodegroupResponse } from '@aws-sdk/client-eks';
import { findCluster, findNodegroup } from '../clusters.ts';
import { FakeEksError } from '../errors.ts';
import type { OperationContext } from '../operation-context.ts';
import { laterForNodegroup, updateInProgress } from '../updates.ts';
import { renderNodegroup } from './nodegroups.ts';

/** Its nodes are drained for some minutes and then taken away whatever runs on them; the group goes with the last one. */
export function deleteNodegroup(context: OperationContext, input: DeleteNodegroupRequest): DeleteNodegroupResponse {
  const cluster = findCluster(context.state, context.caller, input.clusterName);
  const nodegroup = findNodegroup(cluster, input.nodegroupName);
  if (nodegroup.status === 'DELETING') return { nodegroup: renderNodegroup(cluster, nodegroup) };
  if (updateInProgress(cluster, { nodegroupName: nodegroup.name }) !== undefined)
    throw new FakeEksError('ResourceInUseException', 'Nodegroup cannot be deleted as it has an update in progress');
  Object.assign(nodegroup, { status: 'DELETING', modifiedAt: context.now, deletedAt: context.now });
  laterForNodegroup(context, cluster, nodegroup, 1_000);
  return { nodegroup: renderNodegroup(cluster, nodegroup) };
}
