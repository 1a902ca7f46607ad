import { type Reason, reason } from '../contracts/step-result.ts';
import type { Cluster } from '../ports/eks.ts';

/** Statuses that end by themselves; the others (FAILED, DELETING) do not. */
const isPassing = (status: string): boolean => ['CREATING', 'UPDATING', 'PENDING'].includes(status);

/** The same for a part of a cluster: a part that is being deleted is gone in the end, and then nothing is to be moved. */
export const partPasses = (status: string): boolean => isPassing(status) || status === 'DELETING';

/** A cluster that is FAILED or DELETING never becomes ACTIVE by itself; undefined for every other cluster. */
export function lostCluster({ name, status }: Pick<Cluster, 'name' | 'status'>): Reason | undefined {
  if (status === 'ACTIVE' || isPassing(status)) return undefined;
  return reason('ClusterStatus', `${name} is ${status}; EKS takes no update in it.`);
}
