import type { ClusterRecord } from '../eks/state/fake-eks-state.ts';
import { conditionOf } from './disruption/disruption-controller.ts';
import { noteLoss } from './disruption/disruption-counts.ts';
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
 * Evicts a pod; its workload creates another one at once. `dryRun` only tells whether it would be evicted.
 * `requireSame` refuses another pod than the intended one. It is called after the budgets, as upstream, where the deletion has the precondition
 * (pkg/registry/core/pod/storage/eviction.go). There the budget has counted the pod by then and gets the disruption back two minutes later, here at
 * once.
 * @throws StatusError 429 as long as its budget allows no disruption, without `Retry-After`, as upstream; 500 for a pod under several budgets; 404
 * for an unknown pod; the errors of `requireSame`.
 */
export function requestEviction(
  cluster: ClusterRecord,
  name: PodName,
  now: number,
  options: { readonly dryRun?: boolean } = {},
  requireSame: () => void = () => {},
): void {
  const pod = findPod(cluster.kubernetes, name, now);
  const refusal = tryEviction(cluster, pod, now, { dryRun: true });
  if (refusal !== undefined) throw refusedEviction(refusal);
  requireSame();
  if (options.dryRun === true) return;
  tryEviction(cluster, pod, now);
  schedulePods(cluster.kubernetes, now);
}

function refusedEviction({ code, message, cause, budget, retryAfterSeconds = 0 }: EvictionRefusal): StatusError {
  if (code === 500) return new StatusError(code, { message });
  if (code === 403 || cause === undefined) {
    const details = { ...(budget === undefined ? {} : { name: budget }), group: 'policy', kind: 'poddisruptionbudget' };
    return new StatusError(code, { reason: 'Forbidden', message, details });
  }
  const causes = [{ reason: 'DisruptionBudget', message: cause }];
  const details = { causes, ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }) };
  return new StatusError(code, { reason: 'TooManyRequests', message, details });
}

/**
 * The same for a known pod, before a workload creates another one.
 * @returns why it stays; undefined when it was evicted.
 */
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
  noteLoss(cluster, pod, now, 'evicted');
  if (asked.takenFrom !== undefined) takeDisruption(kubernetes, asked.takenFrom, pod.name, now);
  removePod(kubernetes, pod, now, { evicted: true });
  return undefined;
}

/** Deletes a pod whatever its budgets say. */
export function deletePod(cluster: ClusterRecord, name: PodName, now: number): void {
  const { kubernetes } = cluster;
  const pod = findPod(kubernetes, name, now);
  noteLoss(cluster, pod, now, 'deleted');
  removePod(kubernetes, pod, now);
  schedulePods(kubernetes, now);
}

/** A budget keeps the disruption, so that the next eviction finds less even where the disruption controller is stopped. */
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
