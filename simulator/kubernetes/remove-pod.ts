import { isPod } from './disruption/pod-view.ts';
import type { KubernetesState } from './kubernetes-state.ts';
import { timestamp } from './objects/object-metadata.ts';
import { list, record, type StoredObject, texts } from './resources/stored-object.ts';

interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** The condition that an eviction writes on a pod before its deletion. */
const disruptionTarget = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'EvictionByEvictionAPI',
  message: 'Eviction API: evicting',
};

/**
 * Removes a pod at once, whatever its grace period. One with finalizers only begins to terminate, and stays until they are removed. A DaemonSet's
 * comes back unchanged, because it is not stored.
 */
export function removePod(
  kubernetes: KubernetesState,
  { namespace, name }: PodName,
  now: number,
  options: { readonly evicted?: boolean } = {},
): void {
  const at = kubernetes.pods.findIndex((each) => each.name === name && each.namespace === namespace);
  const pod = kubernetes.pods[at];
  if (pod !== undefined && texts(pod.written?.metadata.finalizers).length > 0) pod.deletedAt ??= now;
  else if (pod !== undefined) kubernetes.pods = kubernetes.pods.toSpliced(at, 1);
  const isIt = (object: StoredObject): boolean =>
    object.metadata.name === name && isPod(object) && (object.metadata.namespace ?? 'default') === namespace;
  if (kubernetes.objects?.some(isIt) !== true) return;
  kubernetes.objects = kubernetes.objects.flatMap((object) => {
    const { metadata } = object;
    if (!isIt(object)) return [object];
    if (texts(metadata.finalizers).length === 0) return [];
    return [metadata.deletionTimestamp === undefined ? terminating(object, now, options.evicted === true) : object];
  });
}

function terminating(object: StoredObject, now: number, evicted: boolean): StoredObject {
  // The API server writes when the grace period ends, not when it began.
  const metadata = { ...object.metadata, deletionTimestamp: timestamp(now + 30_000), deletionGracePeriodSeconds: 30 };
  if (!evicted) return { ...object, metadata };
  const status = record(object.status);
  const conditions = [...list(status.conditions), { ...disruptionTarget, lastTransitionTime: timestamp(now) }];
  return { ...object, metadata, status: { ...status, conditions } };
}

/** Removes everything that ran on a removed node. */
export function removePodsOf(kubernetes: KubernetesState, nodeName: string): void {
  kubernetes.pods = kubernetes.pods.filter((pod) => pod.nodeName !== nodeName);
  if (kubernetes.objects?.some((object) => isOn(object, nodeName)) !== true) return;
  kubernetes.objects = kubernetes.objects.filter((object) => !isOn(object, nodeName));
}

const isOn = (object: StoredObject, nodeName: string): boolean =>
  isPod(object) && record(object.spec).nodeName === nodeName;
