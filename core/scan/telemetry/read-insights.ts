import type { EksReader, Insight, Scope } from '../../ports/eks.ts';

/** Every upgrade-readiness insight of a cluster, those that do not pass with their details. A read that is denied throws. */
export async function readInsights(
  eks: Pick<EksReader, 'listInsights' | 'describeInsight'>,
  scope: Scope,
  clusterName: string,
): Promise<Insight[]> {
  const summaries = await eks.listInsights(scope, { clusterName, categories: ['UPGRADE_READINESS'] });
  return Promise.all(
    summaries.map((summary) =>
      summary.insightStatus.status === 'PASSING'
        ? summary
        : eks.describeInsight(scope, { clusterName, id: summary.id }),
    ),
  );
}
