import { labelSelectorSchema } from '../config/schema/label-selector.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { type DeletedConfig, deletedAmong } from './deleted-configs.ts';
import { selects } from './policy-of.ts';

/** So many deleted policies are named where a cluster has none, those deleted last. */
const MOST_NAMED = 3;

/** The deleted policies that selected the cluster, by what its labels are now; nobody keeps what they were then. */
export function formerPolicies(cluster: ClusterRecord, policies: readonly AppliedConfig[]): DeletedConfig[] {
  const selecting = policies.filter(({ deleted }) => {
    const selector = labelSelectorSchema.safeParse(deleted?.selector).data;
    return selector !== undefined && selects(selector, cluster).matches;
  });
  return deletedAmong(selecting).slice(0, MOST_NAMED);
}
