import type { ApiServer } from './cluster-access.ts';

/**
 * What Liftlock changes on a cluster's own API server, where the *operate* tier is given (docs/install.md): it cordons nodes and evicts pods.
 * Deleting pods, `force`, a grace period of 0 and finalizers are not here. Reads beside it are those that a drain needs. Calls may fail with an
 * error whose `name` is one of `ClusterAccessError`'s; a 403 is `ClusterForbidden`.
 */
export interface NodeOperators {
  /** Nothing is sent yet. */
  open(server: ApiServer): NodeOperator;
}

/** One cluster, for as long as one invocation works at it. */
export interface NodeOperator {
  /** Every node of the cluster: those of the drain, and the others for the ledger of disruptions. */
  listNodes(): Promise<DrainNode[]>;
  /** The pods of these nodes, whatever their phase, by the name of the node; each node has its list. By the empty name, which has to be asked for, those that the scheduler has to give a node. */
  listPodsOf(nodeNames: readonly string[]): Promise<Map<string, DrainPod[]>>;
  /** Patches `spec.unschedulable` (and the taint, where asked) together with the mark, for the node as it was read: never over somebody's change. */
  cordon(node: NodeVersion, mark: CordonMark): Promise<NodeAnswer>;
  /** Takes the cordon, the taint and the mark off, where the mark is this one; a cordon that somebody else has put beside it stays. A node without it is left as it is. */
  uncordon(node: NodeVersion, mark: CordonMark): Promise<NodeAnswer>;
  /** `POST pods/{name}/eviction` with the pod's uid as precondition. Accepted is not gone. */
  evict(pod: PodUid): Promise<EvictionAnswer>;
  close(): void;
}

export interface NodeVersion {
  readonly name: string;
  readonly uid: string;
  /** As it was read: the patch is refused where somebody has written since. */
  readonly resourceVersion: string;
}

/** Our own mark, in the annotation `liftlock.dev/cordoned-by`: the upgrade that cordoned. */
export interface CordonMark {
  readonly upgradeId: string;
  /** Key of a taint with the effect NoSchedule that is put beside the cordon; absent = none. */
  readonly taint?: string | undefined;
}

/** `changed`: somebody wrote the node since it was read. `gone`: no node of that uid is there. `notOurs`: it has not this mark, or somebody else's cordon beside it. */
export type NodeAnswer = 'done' | 'changed' | 'gone' | 'notOurs';

export interface PodUid {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** What the eviction subresource said (facts: nodes.md §1.1). */
export type EvictionAnswer =
  | { readonly type: 'accepted' }
  /** 404, or another uid (409): that pod is not there any more. */
  | { readonly type: 'gone' }
  /** 429 with the cause DisruptionBudget: the budget by name, where it is said, and what it says. */
  | { readonly type: 'budget'; readonly retryAfterSeconds: number; readonly message: string }
  /** 429 without that cause: API priority and fairness, or a budget that is being worked on. */
  | { readonly type: 'busy'; readonly retryAfterSeconds: number; readonly message: string }
  /** 500: more than one budget holds the pod. It stays so until somebody changes a budget. */
  | { readonly type: 'severalBudgets'; readonly message: string }
  /** 403 with the cause NamespaceTerminating: the pod goes with its namespace. */
  | { readonly type: 'namespaceTerminating' }
  /** Any other refusal of this pod (a webhook's, a 403 of its own). */
  | { readonly type: 'refused'; readonly status: number; readonly message: string };

export interface DrainNode extends NodeVersion {
  readonly labels: Readonly<Record<string, string>>;
  /** `aws:///eu-central-1a/i-0abc`; absent until the cloud has told the node. */
  readonly providerId?: string | undefined;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  readonly terminating: boolean;
  /** The upgrade whose cordon it has, or had until somebody took it off (model/cordoner.ts); absent where Liftlock has not cordoned it. */
  readonly cordonedBy?: string | undefined;
  /** Keys of its taints with the effect NoSchedule or NoExecute. */
  readonly taints: readonly string[];
}

export interface DrainPod extends PodUid {
  readonly labels: Readonly<Record<string, string>>;
  readonly phase: string;
  /** ISO 8601, of `metadata.creationTimestamp`: tells who came to a node after its cordon. */
  readonly createdAt: string;
  /** ISO 8601: `metadata.deletionTimestamp` less the grace period, which the API server has added to it; absent while it does not terminate. */
  readonly terminatingSince?: string | undefined;
  readonly graceSeconds: number;
  /** What made it: `Deployment/api`, `DaemonSet/aws-node`; absent for a bare pod. */
  readonly controller?: string | undefined;
  /** Static pods of the kubelet (`kubernetes.io/config.mirror`). */
  readonly isMirror: boolean;
  /** Names of its emptyDir volumes, which are lost with the pod. */
  readonly emptyDirs: readonly string[];
}
