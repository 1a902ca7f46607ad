import type { ApiServer } from './cluster-access.ts';

/**
 * What Liftlock changes on a cluster's own API server, where the *operate* tier is granted (docs/install.md): it cordons nodes and evicts pods. It
 * has no deletion of pods, no `force`, no grace period of 0 and no finalizers. Its reads are those that a drain needs. Calls may fail with an error
 * whose `name` is one of `ClusterAccessError`'s; a 403 is `ClusterForbidden`.
 */
export interface NodeOperators {
  /** It sends nothing yet. */
  open(server: ApiServer): NodeOperator;
}

/** One cluster, for the duration of one invocation. */
export interface NodeOperator {
  /** Every node of the cluster: those of the drain, and the others for the count of disruptions. */
  listNodes(): Promise<DrainNode[]>;
  /** The pods of these nodes, in any phase, by node. The empty name, if asked for, stands for pods that are not assigned to a node yet. */
  listPodsOf(nodeNames: readonly string[]): Promise<Map<string, DrainPod[]>>;
  /** Patches `spec.unschedulable`, the taint and the mark, for the node as it was read, so that it never overwrites a change. */
  cordon(node: NodeVersion, mark: CordonMark): Promise<NodeAnswer>;
  /** Removes the cordon, the taint and this mark. A node with another mark stays as it is, and so does somebody else's cordon. */
  uncordon(node: NodeVersion, mark: CordonMark): Promise<NodeAnswer>;
  /** `POST pods/{name}/eviction` with the pod's uid as precondition. An accepted eviction does not mean that the pod is gone. */
  evict(pod: PodUid): Promise<EvictionAnswer>;
  close(): void;
}

export interface NodeVersion {
  readonly name: string;
  readonly uid: string;
  /** As it was read: the patch is refused where somebody has changed the node since. */
  readonly resourceVersion: string;
}

/** Liftlock's mark, in the annotation `liftlock.dev/cordoned-by`: the upgrade that cordoned. */
export interface CordonMark {
  readonly upgradeId: string;
  /** Key of a taint with the effect NoSchedule that is put beside the cordon; absent = none. */
  readonly taint?: string | undefined;
}

/** `changed`: the node was changed since. `gone`: no node has that uid. `notOurs`: it has another mark, or another cordon beside it. */
export type NodeAnswer = 'done' | 'changed' | 'gone' | 'notOurs';

export interface PodUid {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The answer of the eviction subresource (facts: nodes.md §1.1). */
export type EvictionAnswer =
  | { readonly type: 'accepted' }
  /** 404, or another uid (409): that pod no longer exists. */
  | { readonly type: 'gone' }
  /** 429 with the cause DisruptionBudget: the message has the budget's name, where the API server gives it. */
  | { readonly type: 'budget'; readonly retryAfterSeconds: number; readonly message: string }
  /** 429 without that cause: API priority and fairness. 409: others write the pod again and again. */
  | { readonly type: 'busy'; readonly retryAfterSeconds: number; readonly message: string }
  /** 500: more than one budget selects the pod. It stays so until somebody changes a budget. */
  | { readonly type: 'severalBudgets'; readonly message: string }
  /** 403 with the cause NamespaceTerminating: the pod ends with its namespace. */
  | { readonly type: 'namespaceTerminating' }
  /** Any other refusal for this pod, such as a webhook's, that of one that cannot be called, or a 403 of its own. */
  | { readonly type: 'refused'; readonly status: number; readonly message: string };

export interface DrainNode extends NodeVersion {
  readonly labels: Readonly<Record<string, string>>;
  /** `aws:///eu-central-1a/i-0abc`; absent until the cloud provider has set it. */
  readonly providerId?: string | undefined;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  readonly terminating: boolean;
  /** The upgrade whose cordon it has, or had until somebody removed it (model/cordoner.ts); absent where Liftlock has not cordoned it. */
  readonly cordonedBy?: string | undefined;
  /** Keys of its taints with the effect NoSchedule or NoExecute. */
  readonly taints: readonly string[];
}

export interface DrainPod extends PodUid {
  readonly labels: Readonly<Record<string, string>>;
  readonly phase: string;
  /** ISO 8601, `metadata.creationTimestamp`: it distinguishes pods that came to a node after its cordon. */
  readonly createdAt: string;
  /** ISO 8601: `metadata.deletionTimestamp` minus the grace period, which the API server has added to it; absent while it does not terminate. */
  readonly terminatingSince?: string | undefined;
  readonly graceSeconds: number;
  /** The controller: `Deployment/api`, `DaemonSet/aws-node`; absent for a bare pod. */
  readonly controller?: string | undefined;
  /** Static pods of the kubelet (`kubernetes.io/config.mirror`). */
  readonly isMirror: boolean;
  /** Names of its emptyDir volumes, which are lost with the pod. */
  readonly emptyDirs: readonly string[];
}
