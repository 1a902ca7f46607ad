import { noteApiClient } from '../eks/insights/api-clients.ts';
import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import type { FakeEksState } from '../eks/state/fake-eks-state.ts';
import type { InsightRecord } from '../eks/state/insights-state.ts';
import type { DumpOf } from './dump-schema.ts';

/**
 * Adds an insight as printed by list-insights or describe-insight; the one with details wins. It stays unchanged until the next refresh, which
 * evaluates the known checks again and keeps the others. Its API clients and add-on versions continue to count.
 */
export function importInsight(state: FakeEksState, cluster: ClusterRecord, dump: DumpOf<'insight'>): void {
  const { items } = cluster.insights;
  const at = items.findIndex((each) => each.id === dump.id);
  const detailed = dump.categorySpecificSummary !== undefined || dump.recommendation !== undefined;
  if (at >= 0 && !detailed) return;
  const { categorySpecificSummary: summary, ...rest } = dump;
  const refreshed = dump.lastRefreshTime ?? state.now;
  const record = {
    ...rest,
    lastRefreshTime: refreshed,
    lastTransitionTime: dump.lastTransitionTime ?? refreshed,
    imported: true,
    ...(detailed || dump.insightStatus?.status === 'PASSING' ? {} : { unexplained: true }),
    deprecationDetails: (summary?.deprecationDetails ?? []).map((detail) => ({
      usage: detail.usage,
      replacedWith: detail.replacedWith ?? '',
      stopServingVersion: detail.stopServingVersion,
      startServingReplacementVersion: detail.startServingReplacementVersion ?? '',
      clientStats: (detail.clientStats ?? []).map((stat) => ({
        userAgent: stat.userAgent ?? 'unknown',
        numberOfRequestsLast30Days: stat.numberOfRequestsLast30Days ?? 1,
        lastRequestTime: stat.lastRequestTime ?? refreshed,
      })),
    })),
    addonCompatibilityDetails: (summary?.addonCompatibilityDetails ?? []).map((detail) => ({
      name: detail.name,
      compatibleVersions: detail.compatibleVersions ?? [],
    })),
  } as InsightRecord;
  if (at >= 0) items[at] = record;
  else items.push(record);
  cluster.insights.refreshedAt = Math.max(cluster.insights.refreshedAt ?? 0, refreshed);
  for (const { clientStats, ...api } of record.deprecationDetails ?? []) {
    for (const stat of clientStats) {
      noteApiClient(cluster.insights.apiUsage, api, {
        userAgent: stat.userAgent,
        requestsPerDay: Math.max(1, Math.round(stat.numberOfRequestsLast30Days / 30)),
        lastRequestTime: stat.lastRequestTime,
        active: false,
      });
    }
  }
}
