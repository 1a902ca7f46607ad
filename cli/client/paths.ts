import { parseClusterArn, shortId } from '../../core/model/cluster-key.ts';

/** Stands for a name without letters, since hono leaves such a part of a path out and asks something else. No command line can hold it. */
export const NOTHING = '\0';

/** As `get -o name` prints it, and kubectl takes it: `clusters/shop`. */
const KIND = /^(clusters|rollouts)\//;

/** A name as a part of a path: hono takes it as it is. */
export const part = (name: string): string => (name === '' ? NOTHING : encodeURIComponent(name.replace(KIND, '')));

/** The id of a cluster as requests carry it. ARNs have slashes, which gateways on the way may decode; `account.region.name` has none. */
export function clusterId(id: string): string {
  const name = id.replace(KIND, '');
  const arn = parseClusterArn(name);
  return arn === undefined ? name : shortId(arn);
}

/** What stands for `:id` in the routes of a cluster. */
export const clusterParam = (id: string) => ({ id: part(clusterId(id)) });
