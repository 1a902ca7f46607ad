import { allPods } from './daemon-pods.ts';
import { type EvictionRefusal, evictionRefusal } from './disruption-budget.ts';
import type { KubernetesState, PodState } from './kubernetes-state.ts';
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
  kubernetes: KubernetesState,
  name: PodName,
  now: number,
  options: { readonly dryRun?: boolean } = {},
): EvictionRefusal | undefined {
  const pod = findPod(kubernetes, name);
  const refusal = evictionRefusal(kubernetes, pod, now);
  if (refusal === undefined && options.dryRun !== true) deletePod(kubernetes, name, now);
  return refusal;
}

/** Deletes a pod whatever its budgets say. A DaemonSet's comes back at once as the same one: it is not stored. */
export function deletePod(kubernetes: KubernetesState, name: PodName, now: number): void {
  const pod = findPod(kubernetes, name);
  kubernetes.pods = kubernetes.pods.filter((each) => each !== pod);
  schedulePods(kubernetes, now);
}

function findPod(kubernetes: KubernetesState, { namespace, name }: PodName): PodState {
  const found = allPods(kubernetes).find((pod) => pod.namespace === namespace && pod.name === name);
  if (found !== undefined) return found;
  throw new StatusError(404, {
    reason: 'NotFound',
    message: `pods "${name}" not found`,
    details: { name, kind: 'pods' },
  });
}
