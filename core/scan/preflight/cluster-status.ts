import { lostCluster } from '../../model/passing-status.ts';
import { preflightCheck } from './preflight-check.ts';

export const clusterStatus = preflightCheck({
  name: 'ClusterStatus',
  source: 'eks',
  finds: 'The cluster is FAILED or DELETING, in which EKS takes no update.',
  observe({ cluster }) {
    const lost = lostCluster(cluster);
    if (lost === undefined) return [];
    return [{ message: lost.message, fix: 'Repair the cluster, or replace it.' }];
  },
});
