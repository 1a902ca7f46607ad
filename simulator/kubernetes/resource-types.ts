/** One kind of objects that an API server keeps, at one version, as discovery tells of it. */
export interface ResourceType {
  /** `pods` */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** What can be asked of it here. */
  readonly verbs: readonly string[];
  /** `apps/deployments`: where its objects lie, whatever the version they are read at. */
  readonly storage: string;
  /** Of a version that the cluster's minor warns of. */
  readonly deprecation?: Deprecation;
  /** Of a CustomResourceDefinition. */
  readonly custom?: true;
}

export interface Deprecation {
  /** `policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget` */
  readonly warning: string;
  /** `1.25`; empty where no release is known to remove it. */
  readonly removedRelease: string;
}

/** `v1`, `apps/v1`. */
export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `pods`, `deployments.apps`: as messages of the API server name a resource. */
export function qualifiedName({ group, resource }: { readonly group: string; readonly resource: string }): string {
  return group === '' ? resource : `${resource}.${group}`;
}
