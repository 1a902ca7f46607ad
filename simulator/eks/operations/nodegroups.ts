import type { Nodegroup } from '@aws-sdk/client-eks';
import { findCluster, findNodegroup } from '../clusters.ts';
import { copyJson } from '../copy-json.ts';
import { FakeEksError } from '../errors.ts';
import { paginate } from '../pagination.ts';
import type { ClusterRecord, NodegroupRecord } from '../state/fake-eks-state.ts';
import { laterForNodegroup, updateInProgress } from '../updates.ts';
import type { EksOperations } from './eks-operations.ts';

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
