import type { KubernetesState } from './kubernetes-state.ts';

/** A cluster without nodes or workloads. It admits every caller of EKS, and its endpoint settings decide whether it is reachable. */
export function emptyKubernetes(): KubernetesState {
  return {
    nodes: [],
    workloads: [],
    pods: [],
    podDisruptionBudgets: [],
    access: { network: 'cluster-endpoint', authentication: 'any-principal', forbiddenResources: [] },
    failedReadyChecks: [],
    sequence: 0,
  };
}
