import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Reason } from '../contracts/step-result.ts';
import { shortId } from '../model/cluster-key.ts';
import { hopId } from '../model/hop.ts';
import { groupsInTheWay, lagReason } from '../model/lag.ts';
import type { Table } from '../ports/table.ts';
import { Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { behind } from './candidates.ts';
import { type FleetSnapshot, policyMatch } from './snapshot.ts';
import { wavePlace } from './wave-place.ts';

/** Node groups that stop the next hop and are no owner's to update, with what brings them up by the policy. */
export interface FollowingNodes {
  readonly groups: readonly string[];
  readonly reason: Reason;
}

/** Undefined where there are none, or where the policy leaves them to people. */
export async function followingNodes(
  table: Pick<Table, 'get'>,
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
): Promise<FollowingNodes | undefined> {
  const match = policyMatch(snapshot, cluster);
  if (match.type !== 'one' || match.policy.spec.finish === 'never') return undefined;
  const { policy } = match;
  const groups = groupsInTheWay(cluster, policy.spec);
  if (groups.length === 0) return undefined;
  const { clusterKey, version } = cluster;
  const status = (await load(table, Upgrades, clusterKey, hopId(version, version)))?.data.status;
  // No rollout tries the same a second time by itself.
  const isTried = status === 'Blocked' || status === 'Failed';
  const lag = isTried ? lagReason(cluster, policy.spec) : undefined;
  const tried = `Liftlock has tried to bring them up, which ended ${status}. What goes on with it says: liftlock explain cluster ${shortId(cluster)}`;
  const reason = lag
    ? { ...lag, message: `${lag.message} ${tried}` }
    : behind(snapshot, cluster, policy, wavePlace(snapshot, policy, cluster));
  return reason && { groups, reason };
}
