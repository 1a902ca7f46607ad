import type { KubernetesState } from './kubernetes-state.ts';

/** A cluster without nodes or workloads that lets in whoever may call EKS and whose endpoint decides on reachability. */
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
