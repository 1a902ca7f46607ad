import type { Cluster } from '@aws-sdk/client-eks';
import { clusterArn, findCluster } from '../clusters.ts';
import { copyJson } from '../copy-json.ts';
import { FakeEksError } from '../errors.ts';
import { paginate } from '../pagination.ts';
import type { ClusterRecord } from '../state/fake-eks-state.ts';
import { draw } from '../timing.ts';
import { later, updateInProgress } from '../updates.ts';
import type { EksOperations } from './eks-operations.ts';

export const clusters: EksOperations<'ListClusters' | 'DescribeCluster' | 'DeleteCluster'> = {
  /** Clusters of the caller's account and Region; connected ones only with `include: ['all']` (facts: eks.md §12). */
  ListClusters(context, input) {
    const { account, region } = context.caller;
    const prefix = clusterArn(account, region, '');
    const all = input.include?.includes('all') === true;
    const names: string[] = [];
    for (const arn in context.state.clusters) {
      if (!arn.startsWith(prefix)) continue;
      const cluster = context.state.clusters[arn];
      if (cluster === undefined || (!all && cluster.description.connectorConfig !== undefined)) continue;
      names.push(cluster.name);
    }
    const { page, ...rest } = paginate(names.sort(), input);
    return { clusters: page, ...rest };
  },

  DescribeCluster(context, input) {
    return { cluster: renderCluster(findCluster(context.state, context.caller, input.name)) };
  },

  /** Starts the deletion of a cluster that has no node groups, Fargate profiles, running update or protection. */
  DeleteCluster(context, input) {
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
    // This is not documented, but clients of the API wait for the end of the creation first.
    if (cluster.status === 'CREATING') throw inUse(`Cannot delete because cluster ${cluster.name} is being created`);
    cluster.status = 'DELETING';
    later(context, cluster, draw(context.random, context.timing.deletion), 'cluster-deleted');
    return { cluster: renderCluster(cluster) };
  },
};

/** The API's shape of a cluster. */
export function renderCluster(cluster: ClusterRecord): Cluster {
  const { connectorConfig, ...description } = copyJson(cluster.description);
  return {
    ...description,
    ...(connectorConfig === undefined ? {} : { connectorConfig }),
    name: cluster.name,
    arn: cluster.arn,
    createdAt: new Date(cluster.createdAt),
    version: cluster.version,
    platformVersion: cluster.platformVersion,
    status: cluster.status,
    upgradePolicy: { supportType: cluster.supportType },
    tags: { ...cluster.tags },
    health: { issues: copyJson(cluster.healthIssues) },
  };
}
