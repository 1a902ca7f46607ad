import type { DeleteClusterRequest, DeleteClusterResponse } from '@aws-sdk/client-eks';
import { findCluster } from '../clusters.ts';
import { FakeEksError } from '../errors.ts';
import type { OperationContext } from '../operation-context.ts';
import { draw } from '../timing.ts';
import { later, updateInProgress } from '../updates.ts';
import { renderCluster } from './describe-cluster.ts';

/** Starts the deletion of a cluster that has no node groups, Fargate profiles, running update or protection. */
export function deleteCluster(context: OperationContext, input: DeleteClusterRequest): DeleteClusterResponse {
  const cluster = findCluster(context.state, context.caller, input.name);
  if (cluster.status === 'DELETING') return { cluster: renderCluster(cluster) };
  if (cluster.description.deletionProtection === true) {
    throw new FakeEksError('InvalidRequestException', `Cluster ${cluster.name} has deletion protection enabled`);
  }
  const inUse = (message: string, subject = {}) => new FakeEksError('ResourceInUseException', message, subject);
  const [nodegroup] = cluster.nodegroups;
  if (nodegroup !== undefined) throw inUse('Cluster has nodegroups attached', { nodegroupName: nodegroup.name });
  if (cluster.fargateProfiles.length > 0) throw inUse('Cluster has Fargate profiles attached');
  if (updateInProgress(cluster) !== undefined) {
    throw inUse(`Cannot delete because cluster ${cluster.name} currently has an update in progress`);
  }
  // Not documented; whoever manages clusters by their API waits for the end of the creation first.
  if (cluster.status === 'CREATING') throw inUse(`Cannot delete because cluster ${cluster.name} is being created`);
  cluster.status = 'DELETING';
  later(context, cluster, draw(context.random, context.timing.deletion), 'cluster-deleted');
  return { cluster: renderCluster(cluster) };
}
