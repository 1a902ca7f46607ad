import type { Category } from '@aws-sdk/client-eks';
import type { KubeVersion } from '../../../core/version/kube-version.ts';
import type { Finding, Subject } from './check.ts';

/** `health.issues` of the cluster, as a readiness finding. */
export function healthFinding({ cluster }: Subject, target: KubeVersion, category: Category): Finding {
  const issues = cluster.healthIssues;
  const rollback = category === 'ROLLBACK_READINESS';
  return {
    name: rollback ? 'Cluster health rollback compatibility' : 'Cluster health issues',
    category,
    kubernetesVersion: target.toString(),
    description: `Checks for any cluster health issues that prevent a successful ${rollback ? 'rollback to the previous' : 'upgrade to the next'} Kubernetes version on EKS.`,
    status: issues.length === 0 ? 'PASSING' : 'ERROR',
    reason:
      issues.length === 0
        ? 'No cluster health issues detected.'
        : `Cluster health issues detected: ${issues.map((issue) => issue.code).join(', ')}.`,
    recommendation: 'Resolve the issues that DescribeCluster lists in health.issues.',
    resources: issues.length === 0 ? [] : [{ insightStatus: { status: 'ERROR' }, arn: cluster.arn }],
  };
}
