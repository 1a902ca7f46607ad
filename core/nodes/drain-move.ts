import type { Reason } from '../contracts/step-result.ts';
import type { DrainNode, DrainPod, EvictionAnswer, PodUid } from '../ports/node-operator.ts';
import type { LabelSelector } from '../selector/label-selector.ts';

/** What a policy says of drains that Liftlock makes itself (`UpgradePolicy.spec.drain`). Its absence means that Liftlock evicts nothing. */
export interface DrainSettings {
  /** Nodes of the whole cluster that may be down at once, whoever took them: a number, or a percentage of all nodes, rounded down, at least 1. */
  readonly maxUnavailable: number | string;
  /** The same of all that is done to nodes (`UpgradePolicy.spec.disruption`). */
  readonly ofCluster?: number | string | undefined;
  /** Seconds between the end of one node and the beginning of the next. */
  readonly pauseSeconds: number;
  /** Seconds that one pod may stand in the way before its node counts as stuck. */
  readonly podTimeoutSeconds: number;
  /** `zones`: one zone after the other. `spread`: nodes that are drained at once are of different zones, those with most nodes left first. */
  readonly order: 'zones' | 'spread';
  /** Key of a taint that is put beside the cordon. */
  readonly taint?: string | undefined;
  /** Whether pods without a controller, and pods with emptyDir volumes, may be evicted; else they stand in the way, by name, unless a rule says evict. */
  readonly barePods: 'evict' | 'wait';
  readonly emptyDirs: 'evict' | 'wait';
  /** By the first that selects a pod. */
  readonly rules: readonly DrainRule[];
}

export interface DrainRule {
  readonly selector: LabelSelector;
  /** `evict` (when those of a lower `order` have left the node; pods without a rule have 0) · `skip`: left alone, the node counts as drained with it · `waitUntilCompleted`: never evicted, waited for. */
  readonly action: 'evict' | 'skip' | 'waitUntilCompleted';
  readonly order?: number | undefined;
}

/** What was observed right before the decision. */
export interface DrainObservation {
  /** The nodes that are to be drained and are still there. */
  readonly nodes: readonly DrainNode[];
  /** Every node of the cluster but those that earlier drains have emptied: the ledger of disruptions is counted from it. */
  readonly allNodes: readonly DrainNode[];
  /** Pods by the name of their node, of each node of the drain that is cordoned. Others need not be read; where they are, those with fewest pods come first. */
  readonly pods: ReadonlyMap<string, readonly DrainPod[]>;
  /** Pods of the cluster that have no node. */
  readonly pending: readonly DrainPod[];
}

/** What is remembered between two looks: plain JSON, bounded. */
export interface DrainMemory {
  /** Pods that were asked to go and are still there, or that stand in the way unasked, by uid. */
  readonly pods: Readonly<Record<string, PodTry>>;
  /** Nodes whose drain has begun and that are still there, by name. */
  readonly nodes: Readonly<Record<string, NodeTry>>;
  /** When the first node began (ISO 8601). */
  readonly begunAt?: string | undefined;
  /** When the last node became empty, or vanished (ISO 8601). */
  readonly lastDrainedAt?: string | undefined;
}

export interface PodTry {
  /** First refusal or acceptance of this pod, or when it was first seen to stand in the way (ISO 8601). */
  readonly since: string;
  /** Not tried again before (ISO 8601). */
  readonly retryAt: string;
  readonly tries: number;
  /** `unasked`: the policy, or its coming back, keeps it from being evicted. */
  readonly answer: EvictionAnswer['type'] | 'unasked';
  readonly message?: string | undefined;
}

export interface NodeTry {
  /** Absent where it failed before and is not cordoned now. */
  readonly begunAt?: string | undefined;
  readonly drainedAt?: string | undefined;
  /** When a pod first stood in the way for longer than `podTimeoutSeconds`. Such nodes come last. */
  readonly stuckAt?: string | undefined;
  /** How many pods were evicted that had come to it after its cordon. */
  readonly returns?: number | undefined;
}

export const EMPTY_MEMORY: DrainMemory = { pods: {}, nodes: {} };

/** The next thing to do, as data: the mutator commits and sends it. */
export type DrainMove =
  /** Every node of the drain is empty of what had to go. */
  | { readonly type: 'done'; readonly reasons: readonly Reason[] }
  | { readonly type: 'cordon'; readonly node: DrainNode }
  /** Evictions of one node: at most as many as one invocation can make. */
  | { readonly type: 'evict'; readonly node: DrainNode; readonly pods: readonly PodUid[] }
  /** Nothing to send now; the reasons name who is in the way, since when, and what helps. */
  | { readonly type: 'wait'; readonly seconds: number; readonly reasons: readonly Reason[] }
  /** Nothing moves any more within the timeouts. */
  | { readonly type: 'stuck'; readonly reasons: readonly Reason[] };
