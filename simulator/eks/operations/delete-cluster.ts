import type { DeleteClusterRequest, DeleteClusterResponse } from '@aws-sdk/client-eks';
import { findCluster } from '../clusters.ts';
import { FakeEksError } from '../errors.ts';
import type { OperationContext } from '../operation-context.ts';
import { draw } from '../timing.ts';
import { later, refuseWhileUpdating } from '../updates.ts';
import { renderCluster } from './describe-cluster.ts';

/** Starts the deletion of a cluster that has no node groups, Fargate profiles, running update or protection. */
export function deleteCluster(context: OperationContext, input: DeleteClusterRequest): DeleteClusterResponse {
  const cluster = findCluster(context.state, context.caller, input.name);
  if (cluster.status === 'DELETING') return { cluster: renderCluster(cluster) };
  if (cluster.description.deletionProtection === true) {
    throw new FakeEksError('InvalidRequestException', `Cluster ${cluster.name} has deletion protection enabled`);
  }
  if (cluster.nodegroups.length > 0) {
    throw new FakeEksError('ResourceInUseException', 'Cluster has nodegroups attached');
  }
  if (cluster.fargateProfiles.length > 0) {
    throw new FakeEksError('ResourceInUseException', 'Cluster has Fargate profiles attached');
  }
  refuseWhileUpdating(context, 'DeleteCluster', cluster);
  cluster.status = 'DELETING';
  later(context, cluster, draw(context.random, context.timing.deletion), 'cluster-deleted');
  return { cluster: renderCluster(cluster) };
}
