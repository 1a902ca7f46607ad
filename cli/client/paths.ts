import { shortKeyOf } from '../../core/model/cluster-key.ts';
import { visible } from '../../core/model/visible.ts';
import { invalid } from '../command/failure.ts';

/** Replaces an empty name, since hono leaves an empty part of a path out and so calls another route. No command line can contain it. */
export const NOTHING = '\0';

/** The form that `get -o name` prints and kubectl accepts: `clusters/shop`. */
const KIND = /^(clusters|rollouts)\//;

/** A name as a part of a path; hono does not encode it. With a slash, API Gateway would take it for another route. */
export function part(name: string): string {
  const text = name.replace(KIND, '');
  if (text.includes('/'))
    throw invalid(
      `liftlock: nothing is called ${visible(text)}. Run: liftlock get clusters -o name, liftlock get rollouts`,
    );
  return text === '' ? NOTHING : encodeURIComponent(text);
}

/** The id of a cluster in requests. API Gateway decodes the slashes of an ARN and of a key; `account.region.name` has none. */
export const clusterId = (id: string): string => shortKeyOf(id.replace(KIND, ''));

/** The value of `:id` in the routes of a cluster. */
export const clusterParam = (id: string) => ({ id: part(clusterId(id)) });
