import type { KubernetesState, PodState, WorkloadState } from './kubernetes-state.ts';
import { ownerOf } from './schedule-pods.ts';

/** Every pod: those that are stored, and those of DaemonSets. */
export function allPods(kubernetes: KubernetesState): PodState[] {
  const daemonSets = kubernetes.workloads.filter((workload) => workload.kind === 'DaemonSet');
  return [...kubernetes.pods, ...daemonSets.flatMap((daemonSet) => daemonPods(kubernetes, daemonSet))];
}

/** One pod per node, named after it, and ready with it. */
function daemonPods(kubernetes: KubernetesState, daemonSet: WorkloadState): PodState[] {
  return kubernetes.nodes.map((node) => ({
    namespace: daemonSet.namespace,
    name: `${daemonSet.name}-${node.name.split('.')[0]}`,
    labels: daemonSet.labels,
    images: [daemonSet.image],
    owner: ownerOf(daemonSet),
    nodeName: node.name,
    readyAt: node.readyAt,
    ...(node.createdAt === undefined ? {} : { createdAt: node.createdAt }),
  }));
}
