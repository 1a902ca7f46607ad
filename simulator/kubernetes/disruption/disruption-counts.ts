import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import type { KubernetesState, NodeState } from '../kubernetes-state.ts';
import { isNodeReady } from '../pod-status.ts';
import { askBudgets, isRefusal } from './eviction-refusal.ts';
import { type PodView, podViews, staysOnNode } from './pod-view.ts';

/** How a pod was removed. */
type Loss = 'evicted' | 'deleted';

/** Nodes that one request takes down: EKS has accepted the roll of a node group, or the API server the cordon of a node. */
interface Taken {
  /** The client request token of a roll. */
  readonly token?: unknown;
  /** The ARN of the principal, or the name of the user. */
  readonly by: string;
  /** Nodes of the cluster that are down with them, whoever took them: NotReady, cordoned with pods on them, or replaced together by EKS. */
  readonly down: number;
  /** All nodes of the cluster, without those of Fargate. */
  readonly of: number;
}

/** The disruptions of a cluster, as the fake itself counts them, for checks. */
export interface DisruptionCounts {
  /** Pods that were removed although their budget, or the number of their budgets, forbade it. It must be 0 for evictions. */
  readonly forbidden: Record<Loss, number>;
  readonly taken: Taken[];
}

/** It is no part of the state, because a cluster that was only read must have the same state as before. */
const countsOf = new WeakMap<KubernetesState, DisruptionCounts>();

export function disruptionCounts({ kubernetes }: ClusterRecord): DisruptionCounts {
  const counts = countsOf.get(kubernetes) ?? { forbidden: { evicted: 0, deleted: 0 }, taken: [] };
  countsOf.set(kubernetes, counts);
  return counts;
}

/** It must be called before the pod is removed, and before its budget counts that. */
export function noteLoss(cluster: ClusterRecord, pod: PodView, now: number, loss: Loss): void {
  if (isRefusal(askBudgets(cluster, pod, now))) disruptionCounts(cluster).forbidden[loss] += 1;
}

/** It must be called after a node was cordoned through the API server. */
export function noteCordon(cluster: ClusterRecord, by: string, now: number): void {
  const nodes = nodesOf(cluster);
  disruptionCounts(cluster).taken.push({ by, down: downOf(cluster, nodes, now), of: nodes.length });
}

/** It must be called before the first node of a group that is rolled is cordoned. `parallel`: so many of its nodes EKS replaces together. */
export function noteRoll(
  cluster: ClusterRecord,
  group: { readonly name: string; readonly parallel: number },
  { token, by, now }: Pick<Taken, 'token' | 'by'> & { readonly now: number },
): void {
  const nodes = nodesOf(cluster);
  const own = nodes.filter(({ nodegroupName }) => nodegroupName === group.name);
  const others = nodes.filter((node) => !own.includes(node));
  const replaced = Math.min(group.parallel, own.length);
  disruptionCounts(cluster).taken.push({ token, by, down: downOf(cluster, others, now) + replaced, of: nodes.length });
}

const nodesOf = ({ kubernetes }: ClusterRecord): NodeState[] =>
  kubernetes.nodes.filter(({ labels }) => labels['eks.amazonaws.com/compute-type'] !== 'fargate');

/** A cordoned node without pods to move was emptied, and its pods have other nodes. */
function downOf({ kubernetes }: ClusterRecord, nodes: readonly NodeState[], now: number): number {
  const pods = podViews(kubernetes, now).filter((pod) => !staysOnNode(pod));
  const isUsed = ({ name }: NodeState) => pods.some(({ nodeName }) => nodeName === name);
  return nodes.filter((node) => !isNodeReady(node, now) || (node.unschedulable && isUsed(node))).length;
}
