import { parseClusterArn } from '../../core/model/cluster-key.ts';
import { shortId } from '../../core/queries/find-cluster.ts';

/** The path of a cluster. ARNs have slashes, which gateways on the way may decode; `account.region.name` has none. */
export function clusterPath(id: string): string {
  const arn = parseClusterArn(id);
  return `/v1/clusters/${encodeURIComponent(arn === undefined ? id : shortId(arn))}`;
}
