import { cordonerOf } from '../../core/model/cordoner.ts';
import { given } from '../../core/model/given.ts';
import type { Node, Workload } from '../../core/ports/cluster-access.ts';
import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import type { KubernetesState } from './kubernetes-state.ts';
import { providerIdOf } from './objects/node-object.ts';
import { isNodeReady, isPodReady } from './pod-status.ts';
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
