import type { KubernetesState, PodDisruptionBudgetState, PodState } from './kubernetes-state.ts';
import { isPodReady } from './pod-status.ts';

/**
 * Whether the eviction API lets this pod go now. As upstream: a pod under more than one budget is never evicted (500),
 * one whose budget allows no disruption is refused (429), one that is not ready does not count against its budget.
 * Returns undefined when it may go, else the words the API answers with.
 */
export function evictionRefusal(kubernetes: KubernetesState, pod: PodState, now: number): string | undefined {
  const budgets = kubernetes.podDisruptionBudgets.filter((budget) => covers(budget, pod));
  const budget = budgets[0];
  if (budget === undefined) return undefined;
  if (budgets.length > 1) {
    return `This pod has more than one PodDisruptionBudget, which the eviction subresource does not support: ${budgets.map((each) => each.name).join(', ')}`;
  }
  const counts = budgetStatus(kubernetes, budget, now);
  if (!isPodReady(kubernetes, pod, now) && counts.currentHealthy >= counts.desiredHealthy) return undefined;
  if (counts.disruptionsAllowed > 0) return undefined;
  return (
    `Cannot evict pod as it would violate the pod's disruption budget. The disruption budget ${budget.name} needs ` +
    `${counts.desiredHealthy} healthy pods and has ${counts.currentHealthy} currently`
  );
}

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
