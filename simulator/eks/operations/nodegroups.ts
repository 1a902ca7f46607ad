import type {
  DescribeNodegroupRequest,
  DescribeNodegroupResponse,
  ListNodegroupsRequest,
  ListNodegroupsResponse,
  Nodegroup,
} from '@aws-sdk/client-eks';
import { findCluster, findNodegroup } from '../clusters.ts';
import { copyJson } from '../copy-json.ts';
import type { OperationContext } from '../operation-context.ts';
import { paginate } from '../pagination.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';
import type { NodegroupRecord } from '../state/nodegroup-record.ts';

export function listNodegroups(context: OperationContext, input: ListNodegroupsRequest): ListNodegroupsResponse {
  const cluster = findCluster(context.state, context.caller, input.clusterName);
  const { page, ...rest } = paginate(cluster.nodegroups.map((each) => each.name).sort(), input);
  return { nodegroups: page, ...rest };
}

export function describeNodegroup(
  context: OperationContext,
  input: DescribeNodegroupRequest,
): DescribeNodegroupResponse {
  const cluster = findCluster(context.state, context.caller, input.clusterName);
  return { nodegroup: renderNodegroup(cluster, findNodegroup(cluster, input.nodegroupName)) };
}

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
