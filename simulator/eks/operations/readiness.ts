import type { Category, InsightStatusValue } from '@aws-sdk/client-eks';
import { FakeEksError } from '../errors.ts';
import { refreshInsights } from '../insights/refresh.ts';
import type { OperationContext } from '../operation-context.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';

/**
 * ERROR blocks an upgrade while AWS enforces upgrade insights, which it does not at present; `force` lets it pass (facts: eks.md C3). The
 * words are those of the days when it did (hashicorp/terraform-provider-aws#42031).
 */
export function requireReadyForUpgrade(context: OperationContext, cluster: ClusterRecord, force: boolean): void {
  if (context.state.enforcesUpgradeInsights !== true || force) return;
  if (blockers(cluster, 'UPGRADE_READINESS', ['ERROR']).length === 0) return;
  throw new FakeEksError(
    'InvalidStateException',
    'Upgrade readiness issues detected. Call the EKS ListInsights API to view upgrade blocking issues detected by EKS.',
  );
}

/**
 * ERROR and UNKNOWN block a rollback, after a refresh of their own; `force` lets them pass (facts: eks.md §3.3). The facts give no name:
 * it is what an upgrade is refused with.
 */
export function requireReadyForRollback(context: OperationContext, cluster: ClusterRecord, force: boolean): void {
  refreshInsights(context.state, cluster, context.now);
  if (force) return;
  const blocking = blockers(cluster, 'ROLLBACK_READINESS', ['ERROR', 'UNKNOWN']);
  if (blocking.length === 0) return;
  throw new FakeEksError('InvalidStateException', `Rollback readiness issues detected: ${blocking.join(', ')}`);
}

function blockers(cluster: ClusterRecord, category: Category, blocking: readonly InsightStatusValue[]): string[] {
  return cluster.insights.items.flatMap(({ name, category: own, insightStatus }) => {
    const status = insightStatus?.status;
    return own === category && status !== undefined && blocking.includes(status) ? [`${name} (${status})`] : [];
  });
}
