import { shortKeyOf } from '../../core/model/cluster-key.ts';

/** Replaces an empty name, since hono leaves an empty part of a path out and so calls another route. No command line can contain it. */
export const NOTHING = '\0';

/** The form that `get -o name` prints and kubectl accepts: `clusters/shop`. */
const KIND = /^(clusters|rollouts)\//;

/** A name as a part of a path; hono does not encode it. */
export const part = (name: string): string => (name === '' ? NOTHING : encodeURIComponent(name.replace(KIND, '')));

/** The id of a cluster in requests. API Gateway decodes the slashes of an ARN and of a key; `account.region.name` has none. */
export const clusterId = (id: string): string => shortKeyOf(id.replace(KIND, ''));

/** The value of `:id` in the routes of a cluster. */
export const clusterParam = (id: string) => ({ id: part(clusterId(id)) });
