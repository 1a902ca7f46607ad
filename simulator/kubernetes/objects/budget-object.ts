import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { budgetOfObject, budgetOfState } from '../disruption/budget.ts';
import { type BudgetStatus, budgetStatus } from '../disruption/disruption-controller.ts';
import type { PodDisruptionBudgetState } from '../kubernetes-state.ts';
import type { StoredObject } from '../resources/stored-object.ts';
import { timestamp, uidOf } from './object-metadata.ts';

export type PodDisruptionBudgetObject = ReturnType<typeof podDisruptionBudgetObject>;

export function podDisruptionBudgetObject(cluster: ClusterRecord, budget: PodDisruptionBudgetState, now: number) {
  const { namespace, name, matchLabels, ...spec } = budget;
  return {
    metadata: {
      namespace,
      name,
      uid: uidOf(cluster, { kind: 'PodDisruptionBudget', namespace, name }),
      generation: 1,
      creationTimestamp: timestamp(cluster.createdAt),
    },
    spec: { selector: { matchLabels }, ...spec },
    status: shownStatus(cluster, budgetStatus(cluster, budgetOfState(budget), now)),
  };
}

/** A budget that was written through the API, with its present `status`. */
export function withBudgetStatus(cluster: ClusterRecord, object: StoredObject, now: number): StoredObject {
  return { ...object, status: shownStatus(cluster, budgetStatus(cluster, budgetOfObject(object), now)) };
}

function shownStatus(cluster: ClusterRecord, { conditions, ...counts }: BudgetStatus) {
  const since = { lastTransitionTime: timestamp(cluster.createdAt), observedGeneration: counts.observedGeneration };
  return { conditions: conditions.map((condition) => ({ ...since, ...condition })), ...counts };
}
