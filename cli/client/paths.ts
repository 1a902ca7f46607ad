import { shortKeyOf } from '../../core/model/cluster-key.ts';
import { visible } from '../../core/model/visible.ts';
import { invalid } from '../command/session.ts';

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

const LONG = /^\/v1\/clusters\/(\d{12}\.[a-z0-9-]+\.([0-9A-Za-z_-]+)(?:@[^/?]*)?)(?=[/?]|$)/;

/**
 * The answer of a route, whose commands name its cluster as the request does: who asks by `account.region.name` does so where several clusters share
 * the name, and a command with the name alone would be refused.
 */
export function namedAsAsked(answer: string, path: string): string {
  const [, id, name] = LONG.exec(decodeURIComponent(path)) ?? [];
  if (id === undefined || name === undefined) return answer;
  return answer.replaceAll(
    new RegExp(`(liftlock [a-z -]*\\bcluster |--cluster )${name}(?![\\w.-]*[\\w])`, 'g'),
    `$1${id}`,
  );
}
