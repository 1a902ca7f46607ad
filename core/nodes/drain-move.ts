import type { Reason } from '../contracts/step-result.ts';
import type { DrainNode, DrainPod, EvictionAnswer, PodUid } from '../ports/node-operator.ts';

/** What a policy says of drains that Liftlock makes itself (`UpgradePolicy.spec.drain`). Its absence means that Liftlock evicts nothing. */
export interface DrainSettings {
  /** Nodes of the whole cluster that may be down at once, whoever took them: a number, or a percentage of all nodes, rounded down, at least 1. */
  readonly maxUnavailable: number | string;
  /** Seconds between the end of one node and the beginning of the next. */
  readonly pauseSeconds: number;
  /** Seconds that one pod may stand in the way before its node counts as stuck. */
  readonly podTimeoutSeconds: number;
  /** `zones`: one zone after the other. `spread`: in turn from each zone. */
  readonly order: 'zones' | 'spread';
  /** Key of a taint that is put beside the cordon. */
  readonly taint?: string | undefined;
  /** Whether pods without a controller, and pods with emptyDir volumes, may be evicted; else they stand in the way, by name. */
  readonly barePods: 'evict' | 'wait';
  readonly emptyDirs: 'evict' | 'wait';
  /** By the first that selects a pod. */
  readonly rules: readonly DrainRule[];
}

export interface DrainRule {
  readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> } & Readonly<Record<string, unknown>>;
  /** `evict` (later the higher `order` is) · `skip`: left alone, the node counts as drained with it · `waitUntilCompleted`: never evicted, waited for. */
  readonly action: 'evict' | 'skip' | 'waitUntilCompleted';
  readonly order?: number | undefined;
}

/** What was observed right before the decision. */
export interface DrainObservation {
  /** The nodes that are to be drained and are still there. */
  readonly nodes: readonly DrainNode[];
  /** Every node of the cluster: the ledger of disruptions is counted from it. */
  readonly allNodes: readonly DrainNode[];
  /** Pods by the name of their node, of those nodes of the drain that are cordoned; others need not be read. */
  readonly pods: ReadonlyMap<string, readonly DrainPod[]>;
}

/** What is remembered between two looks: plain JSON, bounded. */
export interface DrainMemory {
  /** Pods whose eviction was refused, or that have not gone, by uid. */
  readonly pods: Readonly<Record<string, PodTry>>;
  /** Nodes whose drain timed out, by name, with the time of it (ISO 8601). They come last when they are tried again. */
  readonly stuck: Readonly<Record<string, string>>;
  /** When the last node became empty (ISO 8601). */
  readonly lastDrainedAt?: string | undefined;
}

export interface PodTry {
  /** First refusal or acceptance of this pod (ISO 8601). */
  readonly since: string;
  /** Not tried again before (ISO 8601). */
  readonly retryAt: string;
  readonly tries: number;
  readonly answer: EvictionAnswer['type'];
  readonly message?: string | undefined;
}

export const EMPTY_MEMORY: DrainMemory = { pods: {}, stuck: {} };

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
