import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';

/**
 * A client of an API with the name of a workload is that workload. After a new version, or its removal, it no longer calls deprecated APIs. EKS
 * continues to report its last calls, which were a moment before.
 */
export function retireClients({ insights }: ClusterRecord, workload: string, now: number): void {
  for (const client of insights.apiUsage.flatMap(({ clients }) => clients)) {
    const product = client.userAgent.split('/')[0]?.toLowerCase();
    if (client.active && product === workload.toLowerCase())
      Object.assign(client, { active: false, lastRequestTime: now - 60_000 });
  }
}
