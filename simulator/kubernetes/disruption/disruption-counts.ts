import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import type { KubernetesState, NodeState } from '../kubernetes-state.ts';
import { isNodeReady } from '../pod-status.ts';
import { askBudgets, isRefusal } from './eviction-refusal.ts';
import type { PodView } from './pod-view.ts';

/** How a pod was removed. */
type Loss = 'evicted' | 'deleted';

/** The disruptions of a cluster, as the fake itself counts them, for checks. */
export interface DisruptionCounts {
  /** Pods that were removed although their budget, or the number of their budgets, forbade it. It must be 0 for evictions. */
  readonly forbidden: Readonly<Record<Loss, number>>;
  /** The most nodes that were down at once: cordoned, or NotReady after they had been Ready. */
  readonly mostDown: number;
}

interface Counted {
  readonly forbidden: Record<Loss, number>;
  mostDown: number;
  /** A node that is still joining is not down. */
  readonly joined: WeakSet<NodeState>;
}

/** It is no part of the state, because a cluster that was only read must have the same state as before. */
const countedOf = new WeakMap<KubernetesState, Counted>();

export function disruptionCounts({ kubernetes }: ClusterRecord, now: number): DisruptionCounts {
  noteDown(kubernetes, now);
  const { forbidden, mostDown } = counted(kubernetes);
  return { forbidden: { ...forbidden }, mostDown };
}

/** It must be called before the pod is removed, and before its budget counts that. */
export function noteLoss(cluster: ClusterRecord, pod: PodView, now: number, loss: Loss): void {
  if (isRefusal(askBudgets(cluster, pod, now))) counted(cluster.kubernetes).forbidden[loss] += 1;
}

/** It must be called at every request to the cluster. */
export function noteDown(kubernetes: KubernetesState, now: number): void {
  const counts = counted(kubernetes);
  const down = kubernetes.nodes.filter((node) => {
    const ready = isNodeReady(node, now);
    if (ready) counts.joined.add(node);
    return node.unschedulable || (!ready && counts.joined.has(node));
  });
  counts.mostDown = Math.max(counts.mostDown, down.length);
}

function counted(kubernetes: KubernetesState): Counted {
  const found = countedOf.get(kubernetes) ?? {
    ...{ forbidden: { evicted: 0, deleted: 0 }, mostDown: 0, joined: new WeakSet<NodeState>() },
  };
  countedOf.set(kubernetes, found);
  return found;
}
