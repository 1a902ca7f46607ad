import type { Node, Pod, Workload } from '../../core/ports/cluster-access.ts';
import type { KubernetesState, WorkloadState } from './kubernetes-state.ts';
import { isNodeReady, isPodReady } from './pod-status.ts';
import { ownerOf } from './schedule-pods.ts';

export function listNodes(kubernetes: KubernetesState, now: number): Node[] {
  return kubernetes.nodes.map((node) => ({
    name: node.name,
    labels: { ...node.labels },
    kubeletVersion: node.kubeletVersion,
    ready: isNodeReady(node, now),
    unschedulable: node.unschedulable,
  }));
}

export function listPods(kubernetes: KubernetesState, now: number, namespace?: string): Pod[] {
  const stored = kubernetes.pods.map((pod) => ({
    namespace: pod.namespace,
    name: pod.name,
    phase: pod.nodeName === undefined || pod.readyAt > now ? 'Pending' : 'Running',
    waitingReasons: pod.waitingReason === undefined ? [] : [pod.waitingReason],
    ...(pod.nodeName === undefined ? {} : { nodeName: pod.nodeName }),
    labels: { ...pod.labels },
    images: [...pod.images],
  }));
  const daemons = kubernetes.workloads.filter((workload) => workload.kind === 'DaemonSet');
  return [...stored, ...daemons.flatMap((daemonSet) => daemonPods(kubernetes, daemonSet, now))].filter(
    (pod) => namespace === undefined || pod.namespace === namespace,
  );
}

export function listWorkloads(kubernetes: KubernetesState, now: number, wanted?: string): Workload[] {
  return kubernetes.workloads
    .filter((workload) => wanted === undefined || workload.namespace === wanted)
    .map((workload) => {
      const { kind, namespace, name } = workload;
      if (kind === 'DaemonSet') {
        const available = kubernetes.nodes.filter((node) => isNodeReady(node, now)).length;
        return { kind, namespace, name, desired: kubernetes.nodes.length, available };
      }
      const owner = ownerOf(workload);
      const available = kubernetes.pods.filter((pod) => pod.owner === owner && isPodReady(kubernetes, pod, now)).length;
      return { kind, namespace, name, desired: workload.replicas, available };
    });
}

/** One pod per node, named after it. */
function daemonPods(kubernetes: KubernetesState, daemonSet: WorkloadState, now: number): Pod[] {
  return kubernetes.nodes.map((node) => ({
    namespace: daemonSet.namespace,
    name: `${daemonSet.name}-${node.name.split('.')[0]}`,
    phase: isNodeReady(node, now) ? 'Running' : 'Pending',
    waitingReasons: [],
    nodeName: node.name,
    labels: { ...daemonSet.labels },
    images: [daemonSet.image],
  }));
}
