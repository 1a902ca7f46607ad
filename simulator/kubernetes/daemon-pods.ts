import type { KubernetesState, NodeState, PodState, WorkloadState } from './kubernetes-state.ts';
import { findNode } from './pod-status.ts';
import { ownerOf } from './schedule-pods.ts';

/** The requested objects, as far as that is known before any of them is made. */
export interface Wanted {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Only pods on this node. */
  readonly nodeName?: string | undefined;
}

/** Every requested pod: the stored ones, and those of DaemonSets. */
export function allPods(kubernetes: KubernetesState, wanted: Wanted = {}): PodState[] {
  const { namespace, name, nodeName } = wanted;
  const isWanted = (pod: PodState): boolean =>
    (namespace === undefined || pod.namespace === namespace) &&
    (name === undefined || pod.name === name) &&
    (nodeName === undefined || pod.nodeName === nodeName);
  const daemonSets = kubernetes.workloads.filter(
    (workload) => workload.kind === 'DaemonSet' && (namespace === undefined || workload.namespace === namespace),
  );
  const nodes = nodeName === undefined ? kubernetes.nodes : [findNode(kubernetes, nodeName) ?? []].flat();
  const daemons = daemonSets.flatMap((daemonSet) => daemonPods(nodes, daemonSet));
  return [...kubernetes.pods, ...daemons].filter(isWanted);
}

/** One pod per node, named after it, and ready with it. */
function daemonPods(nodes: readonly NodeState[], daemonSet: WorkloadState): PodState[] {
  return nodes.map((node) => ({
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
