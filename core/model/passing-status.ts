import { type Reason, reason } from '../contracts/step-result.ts';
import type { Cluster } from '../ports/eks.ts';

/** Statuses that pass by themselves when what runs there ends; the others (FAILED, DELETING) do not. */
export const isPassing = (status: string): boolean => ['CREATING', 'UPDATING', 'PENDING'].includes(status);

/** Of a part of a cluster: one that is being deleted is gone when that ends, and is nothing to move any more. */
export const partPasses = (status: string): boolean => isPassing(status) || status === 'DELETING';

/** A cluster that is FAILED or DELETING never comes to rest by itself; undefined for every other one. */
export function lostCluster({ name, status }: Pick<Cluster, 'name' | 'status'>): Reason | undefined {
  if (status === 'ACTIVE' || isPassing(status)) return undefined;
  return reason('ClusterStatus', `${name} is ${status}; EKS takes no update in it.`);
}
