import { labelSelectorSchema } from '../config/schema/label-selector.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { selects } from './policy-of.ts';

/** An object of the configuration that somebody has deleted, as people read it. */
export interface DeletedConfig extends Pick<NonNullable<AppliedConfig['deleted']>, 'by' | 'at' | 'reason'> {
  readonly name: string;
}

/** `was deleted by ann at 2026-11-20T12:00:00.000Z: nobody needs it`; the caller ends the sentence. */
export const deletedText = ({ by, at, reason }: DeletedConfig): string => `was deleted by ${by} at ${at}: ${reason}`;

/** Those that are deleted now, the last one first. One that was applied again since is none of them. */
export function deletedAmong(configs: readonly AppliedConfig[]): DeletedConfig[] {
  const all = configs.flatMap(({ name, deleted }) => {
    if (deleted === undefined) return [];
    const { by, at, reason } = deleted;
    return { name, by, at, reason };
  });
  return all.sort((a, b) => (a.at < b.at ? 1 : -1));
}

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
