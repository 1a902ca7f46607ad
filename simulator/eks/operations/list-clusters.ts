import type { ListClustersRequest, ListClustersResponse } from '@aws-sdk/client-eks';
import { clusterArn } from '../clusters.ts';
import type { OperationContext } from '../operation-context.ts';
import { paginate } from '../pagination.ts';

/** Clusters of the caller's account and Region; connected ones only with `include: ['all']` (facts: eks.md §12). */
export function listClusters(context: OperationContext, input: ListClustersRequest): ListClustersResponse {
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
}
