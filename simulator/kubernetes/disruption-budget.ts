import type { KubernetesState, PodDisruptionBudgetState, PodState } from './kubernetes-state.ts';
import { isPodReady, podPhase } from './pod-status.ts';

/** Why a pod stays, in the words of the eviction API. */
export interface EvictionRefusal {
  /** 429: later perhaps. 500: never. */
  readonly code: 429 | 500;
  readonly message: string;
  /** What the API server says in `details.causes`. */
  readonly cause?: string;
}

/**
 * Whether the eviction API lets this pod go now. As upstream: a pod that never ran goes whatever its budgets say, one under
 * more than one budget is never evicted, one whose budget allows no disruption is refused, one that is not ready does not
 * count against its budget.
 */
export function evictionRefusal(kubernetes: KubernetesState, pod: PodState, now: number): EvictionRefusal | undefined {
  if (podPhase(pod, now) === 'Pending') return undefined;
  const budgets = kubernetes.podDisruptionBudgets.filter((budget) => covers(budget, pod));
  const budget = budgets[0];
  if (budget === undefined) return undefined;
  if (budgets.length > 1) {
    return {
      code: 500,
      message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    };
  }
  const { currentHealthy, desiredHealthy, disruptionsAllowed } = budgetStatus(kubernetes, budget, now);
  if (!isPodReady(kubernetes, pod, now) && currentHealthy >= desiredHealthy && desiredHealthy > 0) return undefined;
  if (disruptionsAllowed > 0) return undefined;
  return {
    code: 429,
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    cause: `The disruption budget ${budget.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
  };
}

export const refusalText = ({ message, cause }: EvictionRefusal): string =>
  cause === undefined ? message : `${message} ${cause}`;

/** `status` of a PodDisruptionBudget. Percentages of minAvailable and maxUnavailable round up, as upstream. */
export function budgetStatus(
  kubernetes: KubernetesState,
  budget: PodDisruptionBudgetState,
  now: number,
): { expectedPods: number; currentHealthy: number; desiredHealthy: number; disruptionsAllowed: number } {
  const pods = kubernetes.pods.filter((pod) => covers(budget, pod));
  const expectedPods = pods.length;
  const currentHealthy = pods.filter((pod) => isPodReady(kubernetes, pod, now)).length;
  const desiredHealthy =
    budget.minAvailable !== undefined
      ? amount(budget.minAvailable, expectedPods)
      : Math.max(0, expectedPods - amount(budget.maxUnavailable ?? 1, expectedPods));
  return {
    expectedPods,
    currentHealthy,
    desiredHealthy,
    disruptionsAllowed: Math.max(0, currentHealthy - desiredHealthy),
  };
}

function covers(budget: PodDisruptionBudgetState, pod: PodState): boolean {
  if (budget.namespace !== pod.namespace) return false;
  return Object.entries(budget.matchLabels).every(([key, value]) => pod.labels[key] === value);
}

function amount(value: number | string, total: number): number {
  if (typeof value === 'number') return value;
  return value.endsWith('%') ? Math.ceil((Number.parseFloat(value) * total) / 100) : Number.parseInt(value, 10);
}
