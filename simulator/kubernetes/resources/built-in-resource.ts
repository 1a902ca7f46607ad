/** A resource that comes with Kubernetes, at all versions that any minor serves it at. */
export interface BuiltInResource {
  /** Empty for the core group. */
  readonly group: string;
  /** `poddisruptionbudgets` */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  /** In the order in which an API server prefers them. */
  readonly versions: readonly ApiVersion[];
}

/** One version of a resource, and the minors that serve it; minors are written `1.34`. */
export interface ApiVersion {
  readonly version: string;
  /** First minor that serves it; absent: all that this model has. */
  readonly from?: string;
  /** First minor that warns of it; absent: none. */
  readonly deprecated?: string;
  /** First minor that does not serve it; absent: none is known. */
  readonly removed?: string;
  /** Served only where the cluster's state says so, or from `onInEksFrom` on: alpha versions, and beta versions since 1.24. */
  readonly offByDefault?: true;
  /** The minor from which EKS turns it on. */
  readonly onInEksFrom?: string;
  /** `discovery.k8s.io/v1 EndpointSlice`, where it is another kind or group than the first of `versions`. */
  readonly replacement?: string;
}

export const reads: readonly string[] = ['get', 'list', 'watch'];

/** Of what people may change; whole collections cannot be deleted at once here. */
export const readsAndWrites: readonly string[] = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** `kubectl get all` */
export const all: readonly string[] = ['all'];

/** A namespaced resource at `v1` that can be read and written; `rest` says what is otherwise. */
export function builtIn(
  group: string,
  resource: string,
  kind: string,
  rest: Partial<BuiltInResource> = {},
): BuiltInResource {
  return {
    group,
    resource,
    kind,
    namespaced: true,
    shortNames: [],
    categories: [],
    verbs: readsAndWrites,
    versions: [{ version: 'v1' }],
    ...rest,
  };
}
