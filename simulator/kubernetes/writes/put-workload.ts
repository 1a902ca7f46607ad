import { canonical } from '../canonical.ts';
import type { KubernetesState, PodState, WorkloadState } from '../kubernetes-state.ts';
import { podImages, templateImages, templateOf } from '../pod-template.ts';
import { record, type StoredObject } from '../resources/stored-object.ts';
import { ownerOf, startupMilliseconds } from '../schedule-pods.ts';

const kinds = ['Deployment', 'DaemonSet', 'StatefulSet'] as const;

export const isWorkloadKind = (kind: string): kind is WorkloadState['kind'] =>
  kinds.some((workload) => workload === kind);

/**
 * Takes over a workload as it was written. Its running pods take a new template at once, as those of add-ons do: rollouts take no time
 * here. A new image is one that does not crash. What is too much after a smaller scale goes.
 */
export function putWorkload(
  kubernetes: KubernetesState,
  kind: WorkloadState['kind'],
  object: StoredObject,
  { before, now }: { readonly before: StoredObject | undefined; readonly now: number },
): void {
  const { status: _status, ...written } = object;
  const { namespace = 'default', name } = object.metadata;
  const spec = record(object.spec);
  const template = record(spec.template);
  const [image = ''] = podImages(template.spec);
  const labels = record(record(template.metadata).labels) as Record<string, string>;
  const replicas = typeof spec.replicas === 'number' ? spec.replicas : 1;
  const known = kubernetes.workloads.find(
    (each) => each.kind === kind && each.namespace === namespace && each.name === name,
  );
  const workload: WorkloadState = known ?? { kind, namespace, name, replicas, labels, image };
  if (known === undefined) kubernetes.workloads.push(workload);
  if (workload.image !== image) delete workload.crashesFromKubelet;
  Object.assign(workload, { replicas, labels, image, written });
  const pods = kubernetes.pods.filter((pod) => pod.owner === ownerOf(workload));
  if (canonical(record(before?.spec).template) !== canonical(template))
    for (const pod of pods) takeTemplate(pod, workload, now);
  const surplus = new Set(inOrderOfLoss(pods).slice(0, Math.max(0, pods.length - replicas)));
  if (kind !== 'DaemonSet') kubernetes.pods = kubernetes.pods.filter((pod) => !surplus.has(pod));
}

function takeTemplate(pod: PodState, workload: WorkloadState, now: number): void {
  Object.assign(pod, { labels: workload.labels, images: templateImages(workload), ...templateOf(workload) });
  if (pod.waitingReason === undefined || workload.crashesFromKubelet !== undefined) return;
  delete pod.waitingReason;
  pod.readyAt = now + startupMilliseconds;
}

/** Those without a node first, then the youngest: of a StatefulSet that is the highest ordinal. */
function inOrderOfLoss(pods: readonly PodState[]): PodState[] {
  return [...pods].sort((left, right) => {
    const waiting = Number(right.nodeName === undefined) - Number(left.nodeName === undefined);
    return waiting !== 0 ? waiting : right.name.localeCompare(left.name, 'en', { numeric: true });
  });
}
