import type { CustomResourceRow } from './custom-resource-row.ts';
import customResourceRows from './custom-resources.json' with { type: 'json' };

/** Every row of `custom-resources.json`. */
export const customResources: readonly CustomResourceRow[] = customResourceRows;

const byKind = new Map(customResources.map((row) => [`${row.group}/${row.version}/${row.kind}`, row]));

/** The row of a custom resource; one for all kinds of a version counts where the kind has none of its own. */
export function customResource(group: string, version: string, kind: string): CustomResourceRow | undefined {
  return byKind.get(`${group}/${version}/${kind}`) ?? byKind.get(`${group}/${version}/*`);
}
