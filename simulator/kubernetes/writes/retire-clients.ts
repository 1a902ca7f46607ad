import type { ClusterRecord } from '../../eks/state/cluster-record.ts';

/**
 * A client of an API that is called like a workload is that workload: what replaces it calls nothing more that is given up, and neither
 * does one that is gone. EKS goes on telling of its last calls, which were a moment before.
 */
export function retireClients({ insights }: ClusterRecord, workload: string, now: number): void {
  for (const client of insights.apiUsage.flatMap(({ clients }) => clients)) {
    const product = client.userAgent.split('/')[0]?.toLowerCase();
    if (client.active && product === workload.toLowerCase())
      Object.assign(client, { active: false, lastRequestTime: now - 60_000 });
  }
}
