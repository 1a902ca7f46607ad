import { cordonerOf } from '../../core/model/cordoner.ts';
import { given } from '../../core/model/given.ts';
import type { Node, Pod, Workload } from '../../core/ports/cluster-access.ts';
import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import { allPods } from './daemon-pods.ts';
import type { KubernetesState } from './kubernetes-state.ts';
import { providerIdOf } from './objects/node-object.ts';
import { isNodeReady, isPodReady, podPhase } from './pod-status.ts';
import { ownerOf } from './schedule-pods.ts';

export function listNodes(cluster: ClusterRecord, now: number): Node[] {
  return cluster.kubernetes.nodes.map((node) => ({
    name: node.name,
    labels: { ...node.labels },
    kubeletVersion: node.kubeletVersion,
    ready: isNodeReady(node, now),
    unschedulable: node.unschedulable,
    ...given({ cordonedBy: cordonerOf(node) }),
    providerId: providerIdOf(cluster, node),
  }));
}

export function listPods(kubernetes: KubernetesState, now: number, namespace?: string): Pod[] {
  return allPods(kubernetes, { namespace }).map((pod) => ({
    namespace: pod.namespace,
    name: pod.name,
    phase: podPhase(pod, now),
    waitingReasons: pod.waitingReason === undefined ? [] : [pod.waitingReason],
    ...(pod.nodeName === undefined ? {} : { nodeName: pod.nodeName }),
    labels: { ...pod.labels },
    ...controllerOf(pod.owner),
    images: [...pod.images],
  }));
}

function controllerOf(owner: string | undefined): Pick<Pod, 'controller'> {
  const [kind, , name] = owner?.split('/') ?? [];
  return name === undefined ? {} : { controller: `${kind}/${name}` };
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
