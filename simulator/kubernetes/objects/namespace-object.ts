import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { timestamp, uidOf } from './object-metadata.ts';

const system = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

export type NamespaceObject = ReturnType<typeof namespaceObject>;

/** Every cluster has the four namespaces of Kubernetes, those that were written, and those that contain an object. */
export function namespaceNames({ kubernetes }: ClusterRecord): string[] {
  const used = [kubernetes.workloads, kubernetes.pods, kubernetes.podDisruptionBudgets].flat();
  const objects = (kubernetes.objects ?? []).flatMap(({ kind, metadata }) => {
    if (kind === 'Namespace') return metadata.name;
    return metadata.namespace ?? [];
  });
  return [...new Set([...system, ...used.map(({ namespace }) => namespace), ...objects])];
}

export function namespaceObject(cluster: ClusterRecord, name: string) {
  return {
    metadata: {
      name,
      uid: uidOf(cluster, { kind: 'Namespace', name }),
      creationTimestamp: timestamp(cluster.createdAt),
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
