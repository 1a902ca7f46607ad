import type { GroupVersionKind } from './api-row.ts';
import customResourceRows from './custom-resources.json' with { type: 'json' };

/** Every row of `custom-resources.json`. */
export const customResources: readonly CustomResourceRow[] = customResourceRows;

const byKind = new Map(customResources.map((row) => [`${row.group}/${row.version}/${row.kind}`, row]));

/** The row of a custom resource; one for all kinds of a version counts where the kind has none of its own. */
export function customResource(group: string, version: string, kind: string): CustomResourceRow | undefined {
  return byKind.get(`${group}/${version}/${kind}`) ?? byKind.get(`${group}/${version}/*`);
}

/**
 * A version of a third party's custom resource that its own project deprecated or stopped serving. Kubernetes versions say nothing about
 * it: all versions here are those of the component. What the CRD of a cluster says about itself (`served`, `deprecated`) wins over it.
 */
export interface CustomResourceRow extends GroupVersionKind {
  /** `*` for every kind of the version. */
  readonly kind: string;
  /** As in `controllers.json` where the component has a row there. */
  readonly component: string;
  /** First release of the component that warns; null when none is known. */
  readonly deprecatedIn: string | null;
  /** First release of the component whose CRDs do not serve it; null when none is known. */
  readonly removedIn: string | null;
  /** Null when the project names none; its kind is `*` where the row's is. */
  readonly replacement: GroupVersionKind | null;
  readonly note: string | null;
  /** An entry of `sources.json`. */
  readonly source: string;
}
