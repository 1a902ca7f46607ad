import { KubeVersion } from '../../core/version/kube-version.ts';
import type { KubernetesState, NodeState, PodState, WorkloadState } from './kubernetes-state.ts';
import { newPodName } from './pod-names.ts';
import { isNodeReady } from './pod-status.ts';
import { templateImages, templateOf } from './pod-template.ts';

/** From placement to Ready; an image is usually on the node's disk or pulled within that time. */
export const startupMilliseconds = 20_000;

/** Gives every workload its replicas and every pod without a node the emptiest node that takes pods. */
export function schedulePods(kubernetes: KubernetesState, now: number): void {
  const counts = new Map<string | undefined, number>();
  for (const pod of kubernetes.pods) if (isCounted(pod)) counts.set(pod.owner, (counts.get(pod.owner) ?? 0) + 1);
  for (const workload of kubernetes.workloads) {
    const owner = ownerOf(workload);
    if (workload.kind === 'DaemonSet' || (counts.get(owner) ?? 0) >= workload.replicas) continue;
    const owned = kubernetes.pods.filter((pod) => pod.owner === owner && isCounted(pod));
    while (owned.length < workload.replicas) {
      const pod = newPod(kubernetes, workload, owned);
      owned.push(pod);
      kubernetes.pods.push(pod);
    }
  }
  const pending = kubernetes.pods.filter((pod) => pod.nodeName === undefined);
  if (pending.length === 0) return;
  const load = new Map<string, number>();
  for (const pod of kubernetes.pods) {
    if (pod.nodeName !== undefined) load.set(pod.nodeName, (load.get(pod.nodeName) ?? 0) + 1);
  }
  const open = kubernetes.nodes.filter((node) => isNodeReady(node, now) && !node.unschedulable && !isTainted(node));
  for (const pod of pending) {
    const node = open.reduce<NodeState | undefined>(
      (best, each) => (best === undefined || (load.get(each.name) ?? 0) < (load.get(best.name) ?? 0) ? each : best),
      undefined,
    );
    if (node === undefined) return;
    place(kubernetes, pod, node, now);
    load.set(node.name, (load.get(node.name) ?? 0) + 1);
  }
}

export function ownerOf(workload: { kind: string; namespace: string; name: string }): string {
  return `${workload.kind}/${workload.namespace}/${workload.name}`;
}

/** Terminating pods are replaced at once, except those of StatefulSets, whose names are not free yet. */
const isCounted = ({ deletedAt, owner }: PodState): boolean =>
  deletedAt === undefined || owner?.startsWith('StatefulSet/') === true;

function newPod(kubernetes: KubernetesState, workload: WorkloadState, owned: readonly PodState[]): PodState {
  kubernetes.sequence += 1;
  return {
    namespace: workload.namespace,
    name: newPodName(kubernetes, workload, owned),
    labels: workload.labels,
    images: templateImages(workload),
    owner: ownerOf(workload),
    readyAt: Number.MAX_SAFE_INTEGER,
    incarnation: kubernetes.sequence,
    ...templateOf(workload),
  };
}

/** No pod here has tolerations. */
const isTainted = ({ taints = [] }: NodeState): boolean => taints.some(({ effect }) => effect !== 'PreferNoSchedule');

function place(kubernetes: KubernetesState, pod: PodState, node: NodeState, now: number): void {
  pod.nodeName = node.name;
  pod.readyAt = now + startupMilliseconds;
  const workload = kubernetes.workloads.find((each) => ownerOf(each) === pod.owner);
  if (workload?.crashesFromKubelet === undefined) return;
  const limit = KubeVersion.parse(workload.crashesFromKubelet);
  if (!KubeVersion.parse(node.kubeletVersion).isOlderThan(limit)) pod.waitingReason = 'CrashLoopBackOff';
}
