import type { GroupVersionKind } from './api-row.ts';
import customResourceRows from './custom-resources.json' with { type: 'json' };
import unservedKindRows from './unserved-kinds.json' with { type: 'json' };

/** Every row of `custom-resources.json`. */
export const customResources: readonly CustomResourceRow[] = customResourceRows;

const byKind = new Map(customResources.map((row) => [`${row.group}/${row.version}/${row.kind}`, row]));

/** The row of a custom resource. A row for all kinds of a version applies where the kind has no row of its own. */
export function customResource(group: string, version: string, kind: string): CustomResourceRow | undefined {
  return byKind.get(`${group}/${version}/${kind}`) ?? byKind.get(`${group}/${version}/*`);
}

/**
 * A version of a third party's custom resource that its own project deprecated or stopped serving. It does not depend on the Kubernetes version: all
 * versions here are those of the component. What the CRD in a cluster says (`served`, `deprecated`) overrides it.
 */
export interface CustomResourceRow extends GroupVersionKind {
  /** `*` for every kind of the version. */
  readonly kind: string;
  /** The same name as in `controllers.json` where the component has a row there. */
  readonly component: string;
  /** The first release of the component that warns; null when none is known. */
  readonly deprecatedIn: string | null;
  /** The first release of the component whose CRDs do not serve it; null when none is known. */
  readonly removedIn: string | null;
  /** Null when the project names none; its kind is `*` where the kind of the row is. */
  readonly replacement: GroupVersionKind | null;
  readonly note: string | null;
  /** An entry of `sources.json`. */
  readonly source: string;
}

/** Every row of `unserved-kinds.json`. */
export const unservedKinds: readonly UnservedKind[] = unservedKindRows;

/** The row of a group, version and kind that never was an API of Kubernetes, though lists of deprecated APIs contain it. */
export function unservedKind(group: string, version: string, kind: string): UnservedKind | undefined {
  return unservedKinds.find((row) => row.group === group && row.version === version && row.kind === kind);
}

/** A group, version and kind that lists of deprecated APIs contain although no release of Kubernetes ever served it. */
export interface UnservedKind extends GroupVersionKind {
  /** The lists that contain it: `pluto`, `deprecation guide`, … */
  readonly listedBy: readonly string[];
  /** Why it was probably listed, and what its author may have meant. */
  readonly note: string;
  /** An entry of `sources.json` which shows that no release served it. */
  readonly source: string;
}
