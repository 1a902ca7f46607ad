import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import { conditionOf } from './disruption/disruption-controller.ts';
import { askBudgets, type EvictionLeave, type EvictionRefusal, isRefusal } from './disruption/eviction-refusal.ts';
import { type PodView, podViews } from './disruption/pod-view.ts';
import type { KubernetesState } from './kubernetes-state.ts';
import { timestamp } from './objects/object-metadata.ts';
import { removePod } from './remove-pod.ts';
import { schedulePods } from './schedule-pods.ts';
import { StatusError } from './status-error.ts';

interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Evicts a pod; its workload makes another one at once. `dryRun` only says whether it would go.
 *
 * @returns why it stays; undefined when it went.
 * @throws StatusError 404 for an unknown pod.
 */
export function evictPod(
  cluster: ClusterRecord,
  name: PodName,
  now: number,
  options: { readonly dryRun?: boolean } = {},
): EvictionRefusal | undefined {
  const refusal = tryEviction(cluster, findPod(cluster.kubernetes, name, now), now, options);
  if (refusal === undefined && options.dryRun !== true) schedulePods(cluster.kubernetes, now);
  return refusal;
}

/** The same of a pod that is known, before any workload makes another one. */
export function tryEviction(
  cluster: ClusterRecord,
  pod: PodView,
  now: number,
  options: { readonly dryRun?: boolean } = {},
): EvictionRefusal | undefined {
  const { kubernetes } = cluster;
  const asked = askBudgets(cluster, pod, now);
  if (isRefusal(asked)) return asked;
  if (options.dryRun === true) return undefined;
  if (asked.takenFrom !== undefined) takeDisruption(kubernetes, asked.takenFrom, pod.name, now);
  removePod(kubernetes, pod, now, { evicted: true });
  return undefined;
}

/** Deletes a pod whatever its budgets say. */
export function deletePod(kubernetes: KubernetesState, name: PodName, now: number): void {
  const { namespace, name: podName } = findPod(kubernetes, name, now);
  removePod(kubernetes, { namespace, name: podName }, now);
  schedulePods(kubernetes, now);
}

/** A budget keeps what it gave, so that the next eviction finds less even where the disruption controller does not look. */
function takeDisruption(
  kubernetes: KubernetesState,
  { budget, status }: NonNullable<EvictionLeave['takenFrom']>,
  podName: string,
  now: number,
): void {
  const { stored } = budget;
  if (stored === undefined) return;
  const disruptionsAllowed = status.disruptionsAllowed - 1;
  const taken = {
    ...status,
    disruptionsAllowed,
    disruptedPods: { ...status.disruptedPods, [podName]: timestamp(now) },
    ...(disruptionsAllowed === 0 ? { conditions: [conditionOf(0)] } : {}),
  };
  kubernetes.objects = (kubernetes.objects ?? []).map((object) =>
    object === stored ? { ...stored, status: taken } : object,
  );
}

function findPod(kubernetes: KubernetesState, { namespace, name }: PodName, now: number): PodView {
  const found = podViews(kubernetes, now, namespace).find((pod) => pod.namespace === namespace && pod.name === name);
  if (found !== undefined) return found;
  throw new StatusError(404, {
    reason: 'NotFound',
    message: `pods "${name}" not found`,
    details: { name, kind: 'pods' },
  });
}
