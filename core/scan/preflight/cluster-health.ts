import type { Cluster } from '../../ports/eks.ts';
import { preflightCheck } from './preflight-check.ts';

/** Every issue that EKS reports on the cluster itself makes an update fail or unsafe (facts: eks.md §2.1). */
export const clusterHealth = preflightCheck({
  name: 'ClusterHealth',
  source: 'eks',
  finds: 'EKS reports an issue on the cluster itself, such as a subnet or a security group that is gone.',
  observe: ({ cluster, hasMoved }) =>
    hasMoved ? [] : healthIssues(cluster).map((message) => ({ message, fix: REPAIR })),
});

export const REPAIR = 'Repair it before an upgrade (aws eks describe-cluster, health.issues).';

/** One sentence for each issue. */
export const healthIssues = ({ name: cluster, health }: Cluster): string[] =>
  (health?.issues ?? []).map(
    ({ code, message }) => `EKS reports ${code ?? 'an issue'} on ${cluster}: ${message ?? 'no message'}.`,
  );
