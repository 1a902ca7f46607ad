import type { KubernetesState, PodState } from '../kubernetes-state.ts';
import { podImages } from '../pod-template.ts';
import { record, type StoredObject } from '../resources/stored-object.ts';

/** A pod that nobody controls; a node for it is looked for like for any other. */
export function createPod(kubernetes: KubernetesState, { metadata }: StoredObject): PodState {
  kubernetes.sequence += 1;
  const pod: PodState = {
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    labels: {},
    images: [],
    readyAt: Number.MAX_SAFE_INTEGER,
    incarnation: kubernetes.sequence,
  };
  kubernetes.pods.push(pod);
  return pod;
}

/** Takes over what people may change of a pod. */
export function putPod(pod: PodState, { metadata, spec }: StoredObject): void {
  const { annotations, finalizers, ownerReferences, managedFields } = metadata;
  pod.labels = record(metadata.labels) as Record<string, string>;
  pod.images = podImages(spec);
  pod.written = { metadata: { annotations, finalizers, ownerReferences, managedFields }, spec: record(spec) };
}
