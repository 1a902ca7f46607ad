import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import type { PodState } from '../kubernetes-state.ts';
import { podTemplateHash } from '../pod-names.ts';
import { controllerReference, type OwnerReference } from './object-metadata.ts';

/** What `metadata` of a pod tells of the object that made it. */
export interface PodOwner {
  readonly generateName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

/** A Deployment's pods belong to its ReplicaSet, the others' to their workload; bare pods belong to nobody. */
export function podOwner(cluster: ClusterRecord, pod: PodState): PodOwner {
  const [kind, namespace = pod.namespace, name] = pod.owner?.split('/') ?? [];
  if (kind === undefined || name === undefined) return { labels: {} };
  if (kind !== 'Deployment') {
    const labels = kind === 'StatefulSet' ? statefulLabels(pod) : { 'controller-revision-hash': '6c8d9f7b54' };
    const ownerReferences = controllerReference(cluster, 'apps/v1', { kind, namespace, name });
    return { generateName: `${name}-`, labels, ownerReferences };
  }
  const hash = podTemplateHash({ kind, namespace, name });
  const replicaSet = { kind: 'ReplicaSet', namespace, name: `${name}-${hash}` };
  return {
    generateName: `${replicaSet.name}-`,
    labels: { 'pod-template-hash': hash },
    ownerReferences: controllerReference(cluster, 'apps/v1', replicaSet),
  };
}

function statefulLabels({ name }: PodState): Record<string, string> {
  const ordinal = name.slice(name.lastIndexOf('-') + 1);
  return { 'apps.kubernetes.io/pod-index': ordinal, 'statefulset.kubernetes.io/pod-name': name };
}
