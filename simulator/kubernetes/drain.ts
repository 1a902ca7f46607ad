import type { ClusterRecord } from '../eks/state/fake-eks-state.ts';
import { refusalText } from './disruption/eviction-refusal.ts';
import { podViews, staysOnNode } from './disruption/pod-view.ts';
import { tryEviction } from './evict-pod.ts';
import type { KubernetesState } from './kubernetes-state.ts';
import { removePodsOf } from './remove-pod.ts';
import { schedulePods } from './schedule-pods.ts';

/**
 * One pass of `kubectl drain`: evicts the pods that the budgets allow, except those of DaemonSets, and lets the workloads place their pods elsewhere.
 * A caller repeats it until no pod is left or it gives up.
 * @returns the pods that stayed, as `namespace/name: reason`. Empty: the node is drained.
 */
export function drainPass(cluster: ClusterRecord, nodeName: string, now: number): string[] {
  const { kubernetes } = cluster;
  const stayed: string[] = [];
  const pods = podViews(kubernetes, now).filter((pod) => pod.nodeName === nodeName && !staysOnNode(pod));
  for (const pod of pods) {
    const refusal = tryEviction(cluster, pod, now);
    // An accepted eviction does not mean that the pod is gone.
    const waiting =
      pod.finalizers.length === 0 ? undefined : `It waits for its finalizers ${pod.finalizers.join(', ')}.`;
    const why = refusal === undefined ? waiting : refusalText(refusal);
    if (why !== undefined) stayed.push(`${pod.namespace}/${pod.name}: ${why}`);
  }
  schedulePods(kubernetes, now);
  return stayed;
}

/** Removes the node with everything that still runs on it, like the termination of its instance. */
export function terminateNode(kubernetes: KubernetesState, nodeName: string, now: number): void {
  kubernetes.nodes = kubernetes.nodes.filter((node) => node.name !== nodeName);
  removePodsOf(kubernetes, nodeName);
  schedulePods(kubernetes, now);
}

/** Marks the node unschedulable. Idempotent; an unknown name changes nothing. */
export function cordon(kubernetes: KubernetesState, nodeName: string): void {
  const node = kubernetes.nodes.find((each) => each.name === nodeName);
  if (node !== undefined) node.unschedulable = true;
}
