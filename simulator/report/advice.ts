/** What ends a reason whose own words do not say it. `PodEvictionFailure` is a word of EKS. */
const ADVICE: Readonly<Record<string, string>> = {
  PodEvictionFailure: 'Give the PodDisruptionBudget room (more replicas, or maxUnavailable: 1).',
  ClusterUnreachable: 'Give Liftlock a route to the API server, or set verification: eks-api in its policy.',
  ClusterUnauthorized: 'Grant the access entry that liftlock access manifest prints.',
  ClusterForbidden: 'Apply the RBAC that liftlock access manifest prints.',
};

export const adviceFor = (code: string): string | null => ADVICE[code] ?? null;
