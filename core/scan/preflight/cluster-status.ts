import { lostCluster } from '../../model/passing-status.ts';
import { foundOf, type PreflightCheck } from './preflight-check.ts';

const name = 'ClusterStatus';

export const clusterStatus: PreflightCheck = {
  name,
  finds: 'The cluster is FAILED or DELETING, in which EKS takes no update.',
  observe({ cluster }) {
    const lost = lostCluster(cluster);
    if (lost === undefined) return [];
    return [foundOf(name, 'eks', cluster, { message: lost.message, fix: 'Repair the cluster, or replace it.' })];
  },
};
