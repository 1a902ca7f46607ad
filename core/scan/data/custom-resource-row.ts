/**
 * A version of a third party's custom resource that its own project deprecated or stopped serving. Kubernetes versions say nothing about
 * it: all versions here are those of the component. What the CRD of a cluster says about itself (`served`, `deprecated`) wins over it.
 */
export interface CustomResourceRow {
  readonly group: string;
  readonly version: string;
  /** `*` for every kind of the version. */
  readonly kind: string;
  /** As in `controllers.json` where the component has a row there. */
  readonly component: string;
  /** First release of the component that warns; null when none is known. */
  readonly deprecatedIn: string | null;
  /** First release of the component whose CRDs do not serve it; null when none is known. */
  readonly removedIn: string | null;
  /** Null when the project names none. */
  readonly replacement: CustomResourceReplacement | null;
  readonly note: string | null;
  /** An entry of `sources.json`. */
  readonly source: string;
}

export interface CustomResourceReplacement {
  readonly group: string;
  readonly version: string;
  /** `*` where the row's is. */
  readonly kind: string;
}
