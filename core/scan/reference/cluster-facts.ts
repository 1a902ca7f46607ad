/** What one part of a scan learns that another one needs. Plain JSON. */
export interface ClusterFacts {
  /** Custom resources by `group/kind`: what is said of each version. */
  crds: Record<string, { readonly versions: readonly CrdVersion[] }>;
  /** Services that the API server itself calls, and who needs them. */
  services: CalledService[];
  /** StorageClasses by name, and whether each is the default one. */
  storageClasses: Record<string, boolean>;
  /** What was changed when, by a sentence that says it: `Terraform wrote FlowSchema at …/v1`. `name` is the manager's or workload's. */
  changes: Record<string, { readonly name: string; readonly time: string }>;
}

export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly deprecated: boolean;
  /** Its own warning, where it has one. */
  readonly warning?: string;
}

/** A webhook or an aggregated API, and the Service that it is behind. */
export interface CalledService {
  readonly namespace: string;
  readonly name: string;
  /** `ValidatingWebhookConfiguration`, `CustomResourceDefinition`, … */
  readonly kind: string;
  readonly object: string;
  readonly owner?: string;
  readonly cause: string;
  /** Whether requests fail when it does not answer. */
  readonly failsClosed: boolean;
  /** What it is asked about: `pods, deployments.apps`. */
  readonly about: string;
}
