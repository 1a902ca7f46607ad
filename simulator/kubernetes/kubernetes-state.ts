import type { ApiFault } from './faults/api-fault.ts';
import type { StoredObject } from './resources/stored-object.ts';

/**
 * The state of one cluster's API server, as plain JSON. Times are epoch milliseconds. DaemonSet pods are not stored, because every node has one and
 * so they follow from the nodes.
 */
export interface KubernetesState {
  nodes: NodeState[];
  workloads: WorkloadState[];
  /** Pods of Deployments and StatefulSets, and bare pods. */
  pods: PodState[];
  podDisruptionBudgets: PodDisruptionBudgetState[];
  access: KubernetesAccess;
  /**
   * Further objects in the cluster, of kinds that it serves. An object with the kind, namespace and name of one of the model (a node, a pod, a
   * workload) replaces it.
   */
  objects?: StoredObject[];
  /** API versions that are off by default and served here nevertheless: `scheduling.k8s.io/v1beta1`. */
  servedApis?: string[];
  /** False for an old API server, which answers aggregated discovery with the older lists. True when absent. */
  aggregatedDiscovery?: boolean;
  /** Names of the `readyz` checks that fail; empty when the API server is ready. */
  failedReadyChecks: string[];
  /** The API server has too many requests and refuses the next ones; absent when it serves. */
  overload?: { retryAfterSeconds: number };
  /** True when no controller updates what budgets allow, so that their `status` stays. */
  disruptionControllerStopped?: boolean;
  /** The results of Jobs, by image; they succeed when absent. */
  jobRuns?: Record<string, JobRun>;
  /** Faults of requests; none when absent. */
  faults?: ApiFault[];
  /** A counter for names of nodes and pods. */
  sequence: number;
}

export interface NodeState {
  name: string;
  /** Absent for nodes outside managed node groups: self-managed, Fargate, Karpenter, Auto Mode, hybrid. */
  nodegroupName?: string;
  labels: Record<string, string>;
  /** The version that the kubelet reports: `v1.34.2-eks-3cfe0ce`. */
  kubeletVersion: string;
  /** From this time on the kubelet reports Ready. */
  readyAt: number;
  unschedulable: boolean;
  /** `karpenter.sh/do-not-disrupt: "true"` on the node. */
  doNotDisrupt?: boolean;
  /** Annotations by people or tools. */
  annotations?: Record<string, string>;
  /** Who has written which fields through the API. */
  managedFields?: object[];
  /** Taints that do not follow from its state. */
  taints?: { key: string; value?: string; effect: string }[];
  /** Members of `status.nodeInfo` that differ from those of the image: `containerRuntimeVersion`, `osImage`, … */
  nodeInfo?: Record<string, string>;
  /** When it joined; absent until the first request (`noteCreation`). */
  createdAt?: number;
}

export interface WorkloadState {
  kind: 'Deployment' | 'DaemonSet' | 'StatefulSet';
  namespace: string;
  name: string;
  /** Ignored for a DaemonSet. */
  replicas: number;
  /** Labels of its pods, which are also its selector. */
  labels: Record<string, string>;
  image: string;
  /** Its pods go to CrashLoopBackOff on a kubelet of this minor or newer, e.g. `1.36`. */
  crashesFromKubelet?: string;
  /** When a team has deployed another image; absent when it never has. */
  deployedAt?: number;
  /** The object that was written through the API, without `status`; absent for one that follows from the members above. */
  written?: Omit<StoredObject, 'status'>;
}

export interface PodState {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  images: string[];
  /** `Deployment/payments/api`; a pod without an owner is not recreated after its eviction. */
  owner?: string;
  /** Absent while no node accepts it. */
  nodeName?: string;
  /** From this time on its containers are ready, unless `waitingReason` is set. */
  readyAt: number;
  waitingReason?: string;
  /** The same as for nodes. */
  createdAt?: number;
  /** Distinguishes it from an earlier pod of the same name. */
  incarnation?: number;
  /** The parts that were written through the API, of the pod itself or of its template. */
  written?: WrittenPod;
  /** Since when it is terminating, where its finalizers keep it. */
  deletedAt?: number;
}

export interface WrittenPod {
  metadata: { annotations?: unknown; finalizers?: unknown; ownerReferences?: unknown; managedFields?: unknown };
  spec: Readonly<Record<string, unknown>>;
}

export interface PodDisruptionBudgetState {
  namespace: string;
  name: string;
  matchLabels: Record<string, string>;
  /** A count or a percentage such as `50%`. At most one of the two is set. */
  minAvailable?: number | string;
  maxUnavailable?: number | string;
  /** `IfHealthyBudget` when absent. */
  unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow';
}

export interface KubernetesAccess {
  /** `cluster-endpoint`: by the cluster's endpoint settings; the other two override them. */
  network: 'cluster-endpoint' | 'reachable' | 'unreachable';
  /** `access-entries`: the caller's role needs one. `any-principal`: every caller of EKS is admitted. */
  authentication: 'any-principal' | 'access-entries';
  /** Resources that an admitted caller may not read: `nodes`, `pods`, `deployments`, … */
  forbiddenResources: string[];
}

/** The result of a Job's container, by its image; by default it runs for 30 seconds and ends with 0. */
export interface JobRun {
  seconds?: number;
  exitCode?: number;
  /** Its termination message. */
  message?: string;
  /** It never starts, for this reason: `ImagePullBackOff`. */
  waiting?: string;
}
