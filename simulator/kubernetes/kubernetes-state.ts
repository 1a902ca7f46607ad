import type { ApiFault } from './faults/api-fault.ts';
import type { JobRun } from './objects/job-object.ts';
import type { StoredObject } from './resources/stored-object.ts';

/**
 * What one cluster's API server knows, as plain JSON. Times are epoch milliseconds. DaemonSet pods are not stored: there
 * is one on every node, so they follow from the nodes.
 */
export interface KubernetesState {
  nodes: NodeState[];
  workloads: WorkloadState[];
  /** Pods of Deployments and StatefulSets, and bare ones. */
  pods: PodState[];
  podDisruptionBudgets: PodDisruptionBudgetState[];
  access: KubernetesAccess;
  /**
   * Whatever else lies in the cluster, of kinds that it serves. One with the kind, namespace and name of an object that follows from
   * the model (a node, a pod, a workload) stands in its place.
   */
  objects?: StoredObject[];
  /** API versions that are off by default and served here all the same: `scheduling.k8s.io/v1beta1`. */
  servedApis?: string[];
  /** False: an old API server that answers the lists of old to clients that want all groups in one answer. Absent: true. */
  aggregatedDiscovery?: boolean;
  /** Names of the `readyz` checks that fail; empty when the API server is ready. */
  failedReadyChecks: string[];
  /** The API server has more requests than it takes and refuses the next ones; absent: it serves. */
  overload?: { retryAfterSeconds: number };
  /** True: nobody works out anew what budgets allow, so that their `status` is what it was. */
  disruptionControllerStopped?: boolean;
  /** What Jobs do, by image; absent: they succeed. */
  jobRuns?: Record<string, JobRun>;
  /** What goes wrong with requests on the wire; absent: nothing. */
  faults?: ApiFault[];
  /** Counts up for names of nodes and pods. */
  sequence: number;
}

export interface NodeState {
  name: string;
  /** Absent for nodes that no managed node group owns: self-managed, Fargate, Karpenter, Auto Mode, hybrid. */
  nodegroupName?: string;
  labels: Record<string, string>;
  /** As the kubelet reports it: `v1.34.2-eks-3cfe0ce`. */
  kubeletVersion: string;
  /** The kubelet reports Ready from then on. */
  readyAt: number;
  unschedulable: boolean;
  /** `karpenter.sh/do-not-disrupt: "true"` on the node. */
  doNotDisrupt?: boolean;
  /** Those that people or tools have put on it. */
  annotations?: Record<string, string>;
  /** Who has written what of it by the API. */
  managedFields?: object[];
  /** Those that do not follow from its state. */
  taints?: { key: string; value?: string; effect: string }[];
  /** Members of `status.nodeInfo` that are otherwise than what the image has: `containerRuntimeVersion`, `osImage`, … */
  nodeInfo?: Record<string, string>;
  /** When it joined; absent until somebody looks (`noteCreation`). */
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
  /** When a team has deployed another image; absent: not since it was made. */
  deployedAt?: number;
  /** As somebody wrote it through the API, without `status`; absent for one that follows from the members above. */
  written?: Omit<StoredObject, 'status'>;
}

export interface PodState {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  images: string[];
  /** `Deployment/payments/api`; a pod without an owner is not recreated after its eviction. */
  owner?: string;
  /** Absent while no node can take it. */
  nodeName?: string;
  /** Its containers are ready from then on, unless `waitingReason` is set. */
  readyAt: number;
  waitingReason?: string;
  /** As for nodes. */
  createdAt?: number;
  /** Tells it from an earlier pod of the same name. */
  incarnation?: number;
  /** What somebody wrote through the API, of the pod itself or of the template that it was made from. */
  written?: WrittenPod;
  /** Since when it is going, where its finalizers hold it. */
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
  /** Absent: `IfHealthyBudget`. */
  unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow';
}

export interface KubernetesAccess {
  /** `cluster-endpoint`: as the cluster's endpoint settings say; the other two override them. */
  network: 'cluster-endpoint' | 'reachable' | 'unreachable';
  /** `access-entries`: the caller's role needs one. `any-principal`: whoever may call EKS gets in. */
  authentication: 'any-principal' | 'access-entries';
  /** Resources the caller may not read although it got in: `nodes`, `pods`, `deployments`, … */
  forbiddenResources: string[];
}
