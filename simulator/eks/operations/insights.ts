import type { InsightSummary } from '@aws-sdk/client-eks';
import { findCluster } from '../clusters.ts';
import { copyJson } from '../copy-json.ts';
import { FakeEksError } from '../errors.ts';
import { refreshWhenDue } from '../insights/refresh.ts';
import { draw } from '../operation-context.ts';
import { paginate } from '../pagination.ts';
import type { InsightRecord } from '../state/insights-state.ts';
import { later } from '../updates.ts';
import type { EksOperations } from './eks-operations.ts';

export const insights: EksOperations<
  'ListInsights' | 'DescribeInsight' | 'StartInsightsRefresh' | 'DescribeInsightsRefresh'
> = {
  ListInsights(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    refreshWhenDue(context.state, cluster, context.now);
    const { categories, kubernetesVersions, statuses } = input.filter ?? {};
    const summaries = cluster.insights.items
      .filter((item) => categories === undefined || categories.some((category) => category === item.category))
      .filter((item) => kubernetesVersions === undefined || kubernetesVersions.includes(item.kubernetesVersion ?? ''))
      .filter((item) => statuses === undefined || statuses.some((status) => status === item.insightStatus?.status))
      .map(renderSummary);
    const { page, ...rest } = paginate(summaries, input);
    return { insights: page, ...rest };
  },

  DescribeInsight(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    refreshWhenDue(context.state, cluster, context.now);
    const item = cluster.insights.items.find((each) => each.id === input.id);
    if (item === undefined) {
      throw new FakeEksError('ResourceNotFoundException', `No insight found for ID: ${input.id}`);
    }
    return {
      insight: {
        ...renderSummary(item),
        recommendation: item.recommendation,
        additionalInfo: { ...item.additionalInfo },
        resources: copyJson(item.resources ?? []),
        categorySpecificSummary: {
          deprecationDetails: (item.deprecationDetails ?? []).map((detail) => ({
            ...detail,
            clientStats: detail.clientStats.map((stat) => ({
              ...stat,
              lastRequestTime: new Date(stat.lastRequestTime),
            })),
          })),
          addonCompatibilityDetails: copyJson(item.addonCompatibilityDetails ?? []),
        },
      },
    };
  },

  /** One refresh at a time; another one is InvalidRequestException (facts: eks.md §4.1). */
  StartInsightsRefresh(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    if (cluster.insights.refresh?.status === 'IN_PROGRESS') {
      throw new FakeEksError('InvalidRequestException', 'An insights refresh is already in progress for this cluster');
    }
    refreshWhenDue(context.state, cluster, context.now);
    const message = 'Insights refresh is in progress';
    cluster.insights.refresh = { status: 'IN_PROGRESS', message, startedAt: context.now };
    const [least, most] = context.timing.insightsRefresh;
    const slowest = context.state.slowestRefreshSeconds ?? most;
    later(context, cluster, draw(context.random, [least, slowest]), 'insights-refreshed');
    return { message, status: 'IN_PROGRESS' };
  },

  /** The latest refresh; the daily one where none was requested. */
  DescribeInsightsRefresh(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    refreshWhenDue(context.state, cluster, context.now);
    const { refresh, refreshedAt } = cluster.insights;
    if (refresh === undefined) {
      const at = new Date(refreshedAt ?? context.now);
      return { message: 'Insights refresh completed', status: 'COMPLETED', startedAt: at, endedAt: at };
    }
    return {
      message: refresh.message,
      status: refresh.status,
      startedAt: new Date(refresh.startedAt),
      ...(refresh.endedAt === undefined ? {} : { endedAt: new Date(refresh.endedAt) }),
    };
  },
};

function renderSummary(item: InsightRecord): InsightSummary {
  return {
    id: item.id,
    name: item.name,
    category: item.category,
    kubernetesVersion: item.kubernetesVersion,
    lastRefreshTime: new Date(item.lastRefreshTime),
    lastTransitionTime: new Date(item.lastTransitionTime),
    description: item.description,
    insightStatus: { ...item.insightStatus },
  };
}
