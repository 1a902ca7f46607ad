import type { Reason } from '../contracts/step-result.ts';
import type { DrainNode, DrainPod, EvictionAnswer, PodUid } from '../ports/node-operator.ts';
import type { LabelSelector } from '../selector/label-selector.ts';

/** The policy's settings for drains by Liftlock itself (`UpgradePolicy.spec.drain`). Where they are absent, Liftlock evicts nothing. */
export interface DrainSettings {
  /**
   * How many nodes of the whole cluster may be down at once, whoever took them down: a number, or a percentage of all nodes, rounded down, at least
   * 1.
   */
  readonly maxUnavailable: number | string;
  /** The same limit over everything that is done to nodes (`UpgradePolicy.spec.disruption`). */
  readonly ofCluster?: number | string | undefined;
  /** Seconds between the end of one node and the beginning of the next. */
  readonly pauseSeconds: number;
  /** Seconds that one pod may stand in the way before its node counts as stuck. */
  readonly podTimeoutSeconds: number;
  /** `zones`: one zone after the other. `spread`: nodes that are drained at once are in different zones; zones with the most nodes left go first. */
  readonly order: 'zones' | 'spread';
  /** Key of a taint that is put beside the cordon. */
  readonly taint?: string | undefined;
  /**
   * Whether pods without a controller, and pods with emptyDir volumes, may be evicted; otherwise they stand in the way, by name, unless a rule says
   * evict.
   */
  readonly barePods: 'evict' | 'wait';
  readonly emptyDirs: 'evict' | 'wait';
  /** The first rule that selects a pod counts for it. */
  readonly rules: readonly DrainRule[];
}

export interface DrainRule {
  readonly selector: LabelSelector;
  /**
   * `evict`: once the pods of a lower `order` have left the node (pods without a rule have order 0) · `skip`: the pod is left alone, and the node
   * counts as drained with it · `waitUntilCompleted`: the pod is never evicted, but waited for.
   */
  readonly action: 'evict' | 'skip' | 'waitUntilCompleted';
  readonly order?: number | undefined;
}

/** What was observed right before the decision. */
export interface DrainObservation {
  /** The nodes that are to be drained and are still there. */
  readonly nodes: readonly DrainNode[];
  /** Every node of the cluster except those that earlier drains have emptied: the ledger of disruptions is counted from these. */
  readonly allNodes: readonly DrainNode[];
  /**
   * The pods of each cordoned node of the drain, by the name of the node. Those of nodes in use are only counted, right before a cordon: nodes with
   * the fewest come first.
   */
  readonly pods: ReadonlyMap<string, readonly DrainPod[]>;
  /** Pods of the cluster that have no node. */
  readonly pending: readonly DrainPod[];
}

/** What is remembered between two looks: plain JSON of limited size. */
export interface DrainMemory {
  /** Pods that were asked to go and are still there, or that stand in the way without having been asked, by uid. */
  readonly pods: Readonly<Record<string, PodTry>>;
  /** Nodes whose drain has begun and that are still there, by name. */
  readonly nodes: Readonly<Record<string, NodeTry>>;
  /** When the first node began (ISO 8601). */
  readonly begunAt?: string | undefined;
  /** When the last node became empty, or vanished (ISO 8601). */
  readonly lastDrainedAt?: string | undefined;
}

export interface PodTry {
  /** When this pod was first refused or accepted, or, before that, first seen to stand in the way (ISO 8601). */
  readonly since: string;
  /** The pod is not tried again before this; of one that nobody asks, when it was last seen (ISO 8601). */
  readonly retryAt: string;
  readonly tries: number;
  /** `unasked`: the pod is not evicted because of the policy, or because such pods come back. */
  readonly answer: EvictionAnswer['type'] | 'unasked';
  readonly message?: string | undefined;
}

export interface NodeTry {
  /** When the drain of the node began; absent where it failed before and the node is not cordoned now. */
  readonly begunAt?: string | undefined;
  readonly drainedAt?: string | undefined;
  /** When a pod first stood in the way for longer than `podTimeoutSeconds`. Such nodes are drained last. */
  readonly stuckAt?: string | undefined;
  /** How many pods were evicted from the node that had come to it after its cordon. */
  readonly returns?: number | undefined;
}

export const EMPTY_MEMORY: DrainMemory = { pods: {}, nodes: {} };

/** The next thing to do, as data: the mutator commits and sends it. */
export type DrainMove =
  /** Every node of the drain is empty of the pods that had to go. */
  | { readonly type: 'done'; readonly reasons: readonly Reason[] }
  | { readonly type: 'cordon'; readonly node: DrainNode }
  /** Evictions of one node, at most as many as one invocation can make. */
  | { readonly type: 'evict'; readonly node: DrainNode; readonly pods: readonly PodUid[] }
  /** There is nothing to send now; the reasons name which pods are in the way, since when, and what helps. */
  | { readonly type: 'wait'; readonly seconds: number; readonly reasons: readonly Reason[] }
  /** Within the timeouts nothing moves any more. */
  | { readonly type: 'stuck'; readonly reasons: readonly Reason[] };
