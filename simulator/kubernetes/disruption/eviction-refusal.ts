import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { type Budget, budgetsOf } from './budget.ts';
import { type BudgetStatus, budgetStatus } from './disruption-controller.ts';
import type { PodView } from './pod-view.ts';

/** Why a pod stays, in the text of the eviction subresource. */
export interface EvictionRefusal {
  /** 429: perhaps later. 403: not while its budget is like that. 500: never. */
  readonly code: 403 | 429 | 500;
  readonly message: string;
  /** The text in `details.causes`. */
  readonly cause?: string;
  /** 0 allows a retry at once. */
  readonly retryAfterSeconds?: number;
  /** The budget that refuses. */
  readonly budget?: string;
}

/** The pod may be evicted, with the budget that counts it. */
export interface EvictionLeave {
  readonly takenFrom?: { readonly budget: Budget; readonly status: BudgetStatus };
}

/** The limit of evictions that the disruption controller has not seen; no further pod is evicted. */
const mostDisruptedPods = 2_000;

/** Whether a pod may be evicted now, and which budget counts it. In the order of upstream (facts: nodes.md §1.1). */
export function askBudgets(cluster: ClusterRecord, pod: PodView, now: number): EvictionRefusal | EvictionLeave {
  if (pod.terminating || ['Succeeded', 'Failed', 'Pending'].includes(pod.phase)) return {};
  const budgets = budgetsOf(cluster.kubernetes).filter(
    ({ namespace, matches }) => namespace === pod.namespace && matches(pod.labels),
  );
  const [budget, another] = budgets;
  if (budget === undefined) return {};
  if (another !== undefined) {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    return { code: 500, message };
  }
  const status = budgetStatus(cluster, budget, now);
  if (!pod.ready) {
    if (budget.unhealthyPodEvictionPolicy === 'AlwaysAllow') return {};
    if (status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0) return {};
  }
  return exhausted(budget, status) ?? { takenFrom: { budget, status } };
}

/** Why the budget allows no disruption. */
function exhausted({ name, generation }: Budget, status: BudgetStatus): EvictionRefusal | undefined {
  const { observedGeneration, disruptionsAllowed, disruptedPods = {} } = status;
  const forbidden = (why: string) =>
    ({ code: 403, message: `poddisruptionbudget.policy "${name}" is forbidden: ${why}`, budget: name }) as const;
  const refused = (cause: string, retryAfterSeconds: number) => {
    const message = "Cannot evict pod as it would violate the pod's disruption budget.";
    return { code: 429, message, cause, retryAfterSeconds, budget: name } as const;
  };
  if (observedGeneration < generation)
    return refused(`The disruption budget ${name} is still being processed by the server.`, 10);
  if (disruptionsAllowed < 0) return forbidden('pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > mostDisruptedPods)
    return forbidden('DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  return disruptionsAllowed === 0 ? refused(causeOf(name, status), 0) : undefined;
}

/** Counts are unreliable after a failed sync, so that cause comes first. */
function causeOf(name: string, { conditions, currentHealthy, desiredHealthy }: BudgetStatus): string {
  const condition = conditions.find(({ type }) => type === 'DisruptionAllowed');
  const { reason, message = '' } = condition?.status === 'False' ? condition : { reason: '', message: '' };
  const stays = `The disruption budget ${name} does not allow evicting pods currently`;
  if (message !== '' && reason === 'SyncFailed') return `${stays} because it failed sync: ${message}`;
  if (currentHealthy <= desiredHealthy)
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return message === '' ? stays : `${stays} (${reason}): ${message}`;
}

export const isRefusal = (asked: EvictionRefusal | EvictionLeave): asked is EvictionRefusal => 'code' in asked;

export const refusalText = ({ message, cause }: EvictionRefusal): string =>
  cause === undefined ? message : `${message} ${cause}`;
