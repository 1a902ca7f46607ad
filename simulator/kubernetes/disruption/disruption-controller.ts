import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import type { Budget, BudgetCondition, StoredStatus } from './budget.ts';
import { type PodView, podViews } from './pod-view.ts';
import { expectedScale, SyncFailed } from './scales.ts';

export type BudgetStatus = Required<Omit<StoredStatus, 'disruptedPods'>> & Pick<StoredStatus, 'disruptedPods'>;

/** A pod with an accepted eviction counts as gone for this time, whether it ends or not. */
const deletionTimeout = 2 * 60_000;

/**
 * The `status` of a budget for evictions. The disruption controller of this fake is always up to date, unless it is stopped. It follows upstream
 * (facts: nodes.md §1.2).
 */
export function budgetStatus(cluster: ClusterRecord, budget: Budget, now: number): BudgetStatus {
  if (cluster.kubernetes.disruptionControllerStopped === true) return asStored(budget, budget.status);
  const { namespace, selectorFault, matches } = budget;
  const pods = podViews(cluster.kubernetes, now, namespace).filter(({ labels }) => matches(labels));
  try {
    if (selectorFault !== undefined) throw new SyncFailed(selectorFault);
    return sync(budget, pods, expectedCounts(cluster, budget, pods), now);
  } catch (error) {
    if (!(error instanceof SyncFailed)) throw error;
    // The earlier counts stay, and so does their generation.
    const { observedGeneration = 0 } = budget.status;
    const condition = { type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: error.message };
    return {
      ...asStored(budget, { ...budget.status, observedGeneration, disruptionsAllowed: 0 }),
      conditions: [condition],
    };
  }
}

function sync(
  budget: Budget,
  pods: readonly PodView[],
  { expectedPods, desiredHealthy }: Counts,
  now: number,
): BudgetStatus {
  const disruptedPods = stillDisrupted(budget.status, pods, now);
  const healthy = pods.filter(({ name, ready, terminating }) => ready && !terminating && !(name in disruptedPods));
  const spare = Math.max(0, healthy.length - desiredHealthy);
  const disruptionsAllowed = expectedPods <= 0 ? 0 : spare;
  return {
    ...{ expectedPods, desiredHealthy, disruptionsAllowed, currentHealthy: healthy.length },
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    observedGeneration: budget.generation,
    conditions: [conditionOf(disruptionsAllowed)],
  };
}

export const conditionOf = (disruptionsAllowed: number): BudgetCondition =>
  disruptionsAllowed > 0
    ? { type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '' }
    : { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '' };

interface Counts {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
}

/** Everything except an integer `minAvailable` depends on the scale of the controllers, and percentages of it round up. */
function expectedCounts(cluster: ClusterRecord, budget: Budget, pods: readonly PodView[]): Counts {
  const { minAvailable, maxUnavailable } = budget;
  if (maxUnavailable !== undefined) {
    const expectedPods = expectedScale(cluster, pods);
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - scaled(maxUnavailable, expectedPods)) };
  }
  if (typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable };
  if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0 };
  const expectedPods = expectedScale(cluster, pods);
  return { expectedPods, desiredHealthy: scaled(minAvailable, expectedPods) };
}

function scaled(value: unknown, total: number): number {
  if (typeof value === 'number') return value;
  const percentage = /^(\d+)%$/.exec(String(value))?.[1];
  if (percentage === undefined)
    throw new SyncFailed('invalid value for IntOrString: invalid type: string is not a percentage');
  return Math.ceil((Number(percentage) * total) / 100);
}

/** Entries whose pod is neither gone nor terminating, and is still expected to go. */
function stillDisrupted({ disruptedPods = {} }: StoredStatus, pods: readonly PodView[], now: number) {
  const staying = new Set(pods.filter(({ terminating }) => !terminating).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(disruptedPods).filter(([name, at]) => staying.has(name) && Date.parse(at) + deletionTimeout > now),
  );
}

function asStored({ status: before }: Budget, status: StoredStatus): BudgetStatus {
  const { disruptedPods = before.disruptedPods } = status;
  return {
    expectedPods: status.expectedPods ?? 0,
    desiredHealthy: status.desiredHealthy ?? 0,
    currentHealthy: status.currentHealthy ?? 0,
    disruptionsAllowed: status.disruptionsAllowed ?? 0,
    observedGeneration: status.observedGeneration ?? 0,
    conditions: status.conditions ?? [],
    ...(disruptedPods === undefined ? {} : { disruptedPods }),
  };
}
