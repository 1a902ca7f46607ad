/**
 * Something other than an API version that stops working with a Kubernetes or EKS release: a flag, a field, an annotation, an image, a node setting.
 * Detectors find the `subject`; this row says from which minor it matters, and how much.
 */
export interface BreakRule {
  /** It never changes, because waivers name it: `al2-ami`, `gitrepo-volume`. */
  readonly id: string;
  readonly title: string;
  /** The detector that looks for it. `data:check` fails for a rule whose detector does not exist. */
  readonly detector: DetectorName;
  /** What the detector looks for; each detector documents its own parameters. */
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
  /** The first minor that warns; null when none does. */
  readonly deprecatedIn: string | null;
  /** The first minor where it no longer works; null when no release is known. */
  readonly breaksIn: string | null;
  /** The severity for a target at or after `breaksIn`. For a target before that it is a warning, or info where this is info. */
  readonly severity: 'error' | 'warning' | 'info';
  readonly reason: 'removed' | 'deprecated' | 'unsupported' | 'behaviour-change';
  /** One sentence that says what happens. */
  readonly message: string;
  /** One concrete next step. */
  readonly fix: string;
  /** An entry of `sources.json`. */
  readonly source: string;
}

/** Every detector, and where it looks. `docs/scan.md` lists them; their code is in `core/scan/workload` and `core/scan/reference`. */
export const DETECTORS = {
  /** A field of a pod template or pod. Parameter `path`, one or several: `volumes[].gitRepo`, relative to the pod's spec. */
  'pod-field': 'workload',
  /** An annotation of a pod template. Parameter `key`: exact, or a prefix that ends in `/` or `*`. */
  'pod-annotation': 'workload',
  /** A label of nodes in nodeSelector, affinity, topologySpreadConstraints. Parameter `keys`. */
  'node-label-reference': 'workload',
  /** A hostPath volume. Parameter `paths`: exact paths. */
  'host-path': 'workload',
  /**
   * An image of any container. Parameters `images`: repository suffixes, with optional `below`: versions below this one; or `registries`: hosts, or
   * hosts and the first folders (`docker.io/bitnami`), where images without a host count as `docker.io`. image-reference.ts compares both.
   */
  'container-image': 'workload',
  /** A field of an object of one kind. Parameters `kind`, `group` and `path`: `spec.externalIPs[]`; optional `values`: exact, or ending in `*`. */
  'object-field': 'workload',
  /** An annotation of an object. Parameters `key`, optional `kind`. */
  'object-annotation': 'workload',
  /** An IP address or CIDR that is not canonical, in Services, EndpointSlices, NetworkPolicies and Ingresses. No parameters. */
  'ip-address-format': 'workload',
  /** `status.nodeInfo.containerRuntimeVersion`. Parameters `runtime`: `containerd`, `docker`; optional `below`: `2.0.0`. */
  'node-runtime': 'node',
  /** `status.nodeInfo.osImage`. Parameter `prefix`: `Amazon Linux 2`. It matches exactly, or followed by a blank that no digit follows. */
  'node-os': 'node',
  /** `mode` of ConfigMap kube-system/kube-proxy-config. Parameter `mode`: `ipvs`. */
  'kube-proxy-mode': 'node',
  /** A RoleBinding or ClusterRoleBinding to a user or group. Parameter `subjects`. */
  'binding-subject': 'reference',
  /** The cluster has no default StorageClass. No parameters. */
  'no-default-storage-class': 'reference',
  /** The config of a component in a ConfigMap: `apiVersion` and `kind` of an embedded document. Parameters `group`, `version`, `kinds`. */
  'component-config': 'workload',
  /** A flag of the kubelet in a node group's user data or NodeConfig, where user data can be read. Parameter `flags`. */
  'kubelet-flag': 'node',
  /**
   * A feature gate in the args of kube-proxy, a scheduler or a controller, or in KubeletConfiguration. Parameter `gates`: names, which match any
   * value, or `Name=false` and `Name=true` for a gate with that value.
   */
  'feature-gate': 'workload',
} as const;
export type DetectorName = keyof typeof DETECTORS;
