/** One kind of stored objects of an API server, at one version, as in discovery. */
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
  /** The supported verbs. */
  readonly verbs: readonly string[];
  /** `apps/deployments`: the storage of its objects, for all versions. */
  readonly storage: string;
  /** For a version that the cluster's minor warns about. */
  readonly deprecation?: Deprecation;
  /** True for a CustomResourceDefinition's type. */
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

/** `pods`, `deployments.apps`: the resource's name in messages of the API server. */
export function qualifiedName({ group, resource }: { readonly group: string; readonly resource: string }): string {
  return group === '' ? resource : `${resource}.${group}`;
}
