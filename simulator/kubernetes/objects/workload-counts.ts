import type { KubernetesState, WorkloadState } from '../kubernetes-state.ts';
import { isNodeReady, isPodReady } from '../pod-status.ts';
import { ownerOf } from '../schedule-pods.ts';

/** How many pods a workload wants, has, and has ready. A DaemonSet has one on every node. */
export interface WorkloadCounts {
  readonly desired: number;
  readonly current: number;
  readonly ready: number;
}

export function workloadCounts(kubernetes: KubernetesState, workload: WorkloadState, now: number): WorkloadCounts {
  if (workload.kind === 'DaemonSet') {
    const nodes = kubernetes.nodes.length;
    return { desired: nodes, current: nodes, ready: kubernetes.nodes.filter((node) => isNodeReady(node, now)).length };
  }
  const owner = ownerOf(workload);
  const pods = kubernetes.pods.filter((pod) => pod.owner === owner);
  const ready = pods.filter((pod) => isPodReady(kubernetes, pod, now)).length;
  return { desired: workload.replicas, current: pods.length, ready };
}
