import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import type { KubernetesState, NodeState } from '../kubernetes-state.ts';
import { isNodeReady } from '../pod-status.ts';
import { askBudgets, isRefusal } from './eviction-refusal.ts';
import type { PodView } from './pod-view.ts';

/** How a pod went. */
type Loss = 'evicted' | 'deleted';

/** What a cluster has been through, as the fake itself counts it, for whoever judges those that disrupt. */
export interface DisruptionCounts {
  /** Pods that went although their budget, or the number of their budgets, forbade that. Of evictions it has to be 0. */
  readonly forbidden: Readonly<Record<Loss, number>>;
  /** The most nodes that were down at once: cordoned, or NotReady after they had been Ready. */
  readonly mostDown: number;
}

interface Counted {
  readonly forbidden: Record<Loss, number>;
  mostDown: number;
  /** A node that still joins is not down. */
  readonly joined: WeakSet<NodeState>;
}

/** No part of the state, since a cluster that was left as it was found has the state that it had. */
const countedOf = new WeakMap<KubernetesState, Counted>();

export function disruptionCounts({ kubernetes }: ClusterRecord, now: number): DisruptionCounts {
  noteDown(kubernetes, now);
  const { forbidden, mostDown } = counted(kubernetes);
  return { forbidden: { ...forbidden }, mostDown };
}

/** To be told before the pod is taken away, and before its budget pays for that. */
export function noteLoss(cluster: ClusterRecord, pod: PodView, now: number, loss: Loss): void {
  if (isRefusal(askBudgets(cluster, pod, now))) counted(cluster.kubernetes).forbidden[loss] += 1;
}

/** To be told whenever somebody asks the cluster for anything. */
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
