import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';

/** A cluster that was just created is still being filled, often by the tool that will move it again. */
export const SETTLING_MILLISECONDS = 6 * 3_600_000;

/** Why a cluster is set aside for a while, outside the failure budget; it comes back by itself when none holds any more. */
export function quarantineReasons(cluster: Pick<ClusterRecord, 'status' | 'createdAt' | 'name'>, now: Date): Reason[] {
  if (cluster.status === 'DELETING') return [reason('Deleting', `The cluster ${cluster.name} is being deleted.`)];
  if (cluster.status === 'CREATING') return [reason('Creating', `The cluster ${cluster.name} is being created.`)];
  const until = Date.parse(cluster.createdAt) + SETTLING_MILLISECONDS;
  if (now.getTime() >= until) return [];
  const said = `The cluster ${cluster.name} was created at ${cluster.createdAt}; new ones are left alone until ${new Date(until).toISOString()}.`;
  return [reason('RecentlyCreated', said)];
}
