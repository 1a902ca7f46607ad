import { type Reason, reason } from '../contracts/step-result.ts';
import type { Cluster } from '../ports/eks.ts';

/** Health issues of the cluster itself; every code that EKS knows makes an update fail or unsafe (facts: eks.md §2.1). */
export function blockingHealth(cluster: Cluster): Reason[] {
  return (cluster.health?.issues ?? []).map((issue) =>
    reason(
      'ClusterHealth',
      `EKS reports ${issue.code ?? 'an issue'} on ${cluster.name}: ${issue.message ?? 'no message'}. Repair it before an upgrade (aws eks describe-cluster, health.issues).`,
    ),
  );
}
