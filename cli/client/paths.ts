import { parseClusterArn } from '../../core/model/cluster-key.ts';
import { shortId } from '../../core/queries/find-cluster.ts';

/** Stands for a name without letters, since hono leaves such a part of a path out and asks something else. No command line can hold it. */
export const NOTHING = '\0';

/** A name as a part of a path: hono takes it as it is. */
export const part = (name: string): string => (name === '' ? NOTHING : encodeURIComponent(name));

/** The id of a cluster as requests carry it. ARNs have slashes, which gateways on the way may decode; `account.region.name` has none. */
export function clusterId(id: string): string {
  const arn = parseClusterArn(id);
  return arn === undefined ? id : shortId(arn);
}

/** What stands for `:id` in the routes of a cluster. */
export const clusterParam = (id: string) => ({ id: part(clusterId(id)) });
