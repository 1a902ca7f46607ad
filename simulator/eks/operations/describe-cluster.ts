import type { Cluster, DescribeClusterRequest, DescribeClusterResponse } from '@aws-sdk/client-eks';
import { findCluster } from '../clusters.ts';
import { copyJson } from '../copy-json.ts';
import type { OperationContext } from '../operation-context.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';

export function describeCluster(context: OperationContext, input: DescribeClusterRequest): DescribeClusterResponse {
  return { cluster: renderCluster(findCluster(context.state, context.caller, input.name)) };
}

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
