import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import { budgetStatus } from '../disruption-budget.ts';
import type { PodDisruptionBudgetState } from '../kubernetes-state.ts';
import { timestamp, uidOf } from './object-metadata.ts';

export type PodDisruptionBudgetObject = ReturnType<typeof podDisruptionBudgetObject>;

export function podDisruptionBudgetObject(cluster: ClusterRecord, budget: PodDisruptionBudgetState, now: number) {
  const { namespace, name, matchLabels, minAvailable, maxUnavailable } = budget;
  const status = budgetStatus(cluster.kubernetes, budget, now);
  const allowed = status.disruptionsAllowed > 0;
  return {
    metadata: {
      namespace,
      name,
      uid: uidOf(cluster, { kind: 'PodDisruptionBudget', namespace, name }),
      generation: 1,
      creationTimestamp: timestamp(cluster.createdAt),
    },
    spec: {
      selector: { matchLabels },
      ...(minAvailable === undefined ? {} : { minAvailable }),
      ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
    },
    status: {
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: allowed ? 'True' : 'False',
          reason: allowed ? 'SufficientPods' : 'InsufficientPods',
          message: '',
          lastTransitionTime: timestamp(cluster.createdAt),
          observedGeneration: 1,
        },
      ],
      observedGeneration: 1,
      ...status,
    },
  };
}
