import type { Cluster, Nodegroup } from '@aws-sdk/client-eks';
import { clusterArn, findCluster, findNodegroup } from '../clusters.ts';
import { copyJson } from '../copy-json.ts';
import { FakeEksError } from '../errors.ts';
import { draw } from '../operation-context.ts';
import { paginate } from '../pagination.ts';
import type { ClusterRecord, NodegroupRecord } from '../state/fake-eks-state.ts';
import { later, laterForNodegroup, updateInProgress } from '../updates.ts';
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

export const nodegroups: EksOperations<'ListNodegroups' | 'DescribeNodegroup' | 'DeleteNodegroup'> = {
  ListNodegroups(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    const { page, ...rest } = paginate(cluster.nodegroups.map((each) => each.name).sort(), input);
    return { nodegroups: page, ...rest };
  },

  DescribeNodegroup(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    return { nodegroup: renderNodegroup(cluster, findNodegroup(cluster, input.nodegroupName)) };
  },

  /** Its nodes are drained for some minutes and then removed whatever runs on them; the group ends with the last one. */
  DeleteNodegroup(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    const nodegroup = findNodegroup(cluster, input.nodegroupName);
    if (nodegroup.status === 'DELETING') return { nodegroup: renderNodegroup(cluster, nodegroup) };
    if (updateInProgress(cluster, { nodegroupName: nodegroup.name }) !== undefined)
      throw new FakeEksError('ResourceInUseException', 'Nodegroup cannot be deleted as it has an update in progress');
    Object.assign(nodegroup, { status: 'DELETING', modifiedAt: context.now, deletedAt: context.now });
    laterForNodegroup(context, cluster, nodegroup, 1_000);
    return { nodegroup: renderNodegroup(cluster, nodegroup) };
  },
};

export function renderNodegroup(cluster: ClusterRecord, nodegroup: NodegroupRecord): Nodegroup {
  return {
    ...copyJson(nodegroup.description),
    nodegroupName: nodegroup.name,
    nodegroupArn: nodegroup.arn,
    clusterName: cluster.name,
    version: nodegroup.version,
    releaseVersion: nodegroup.releaseVersion,
    createdAt: new Date(nodegroup.createdAt),
    modifiedAt: new Date(nodegroup.modifiedAt),
    status: nodegroup.status,
    scalingConfig: { ...nodegroup.scalingConfig },
    amiType: nodegroup.amiType as NonNullable<Nodegroup['amiType']>,
    labels: { ...nodegroup.labels },
    updateConfig: { ...nodegroup.updateConfig },
    ...(nodegroup.launchTemplate === undefined ? {} : { launchTemplate: { ...nodegroup.launchTemplate } }),
    tags: { ...nodegroup.tags },
    health: { issues: copyJson(nodegroup.healthIssues) as NonNullable<Nodegroup['health']>['issues'] },
  };
}
