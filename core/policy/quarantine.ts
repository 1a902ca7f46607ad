import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';

/** A cluster that was just created is still being filled, often by the tool that will move it again. */
export const SETTLING_MILLISECONDS = 6 * 3_600_000;

/** When a cluster that was just created is no longer left alone. */
export const settledAt = ({ createdAt }: Pick<ClusterRecord, 'createdAt'>): Date =>
  new Date(Date.parse(createdAt) + SETTLING_MILLISECONDS);

export const beingDeleted = ({ name, status }: Pick<ClusterRecord, 'status' | 'name'>): Reason | undefined =>
  status === 'DELETING' ? reason('Deleting', `The cluster ${name} is being deleted.`) : undefined;

/** Why a cluster is set aside for a while, outside of the failure budget; it comes back by itself when no reason holds any more. */
export function quarantineReasons(cluster: Pick<ClusterRecord, 'status' | 'createdAt' | 'name'>, now: Date): Reason[] {
  const deleted = beingDeleted(cluster);
  if (deleted !== undefined) return [deleted];
  if (cluster.status === 'CREATING') return [reason('Creating', `The cluster ${cluster.name} is being created.`)];
  if (now.getTime() >= Date.parse(cluster.createdAt) + SETTLING_MILLISECONDS) return [];
  const until = settledAt(cluster).toISOString();
  const said = `The cluster ${cluster.name} was created at ${cluster.createdAt}; new ones are left alone until ${until}.`;
  return [reason('RecentlyCreated', said)];
}
