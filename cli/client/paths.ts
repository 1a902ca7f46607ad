import { parseClusterArn } from '../../core/model/cluster-key.ts';
import { shortId } from '../../core/queries/find-cluster.ts';

/** The id of a cluster as requests carry it. ARNs have slashes, which gateways on the way may decode; `account.region.name` has none. */
export function clusterId(id: string): string {
  const arn = parseClusterArn(id);
  return arn === undefined ? id : shortId(arn);
}

export const clusterPath = (id: string): string => `/v1/clusters/${encodeURIComponent(clusterId(id))}`;

export const rolloutPath = (id: string): string => `/v1/rollouts/${encodeURIComponent(id)}`;
