import { FakeEksError } from '../errors.ts';
import { refreshInsights } from '../insights/refresh.ts';
import type { OperationContext } from '../operation-context.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';

/** ERROR and UNKNOWN block a rollback, after a refresh of their own; `force` lets them pass (facts: eks.md §3.3). */
export function requireReadyForRollback(context: OperationContext, cluster: ClusterRecord, force: boolean): void {
  refreshInsights(context.state, cluster, context.now);
  if (force) return;
  const blockers = cluster.insights.items.filter(
    (item) =>
      item.category === 'ROLLBACK_READINESS' &&
      (item.insightStatus?.status === 'ERROR' || item.insightStatus?.status === 'UNKNOWN'),
  );
  if (blockers.length > 0) {
    throw new FakeEksError(
      'InvalidStateException',
      `Rollback is blocked by insights: ${blockers.map((item) => `${item.name} (${item.insightStatus?.status})`).join(', ')}`,
    );
  }
}
