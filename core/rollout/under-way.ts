import type { Member, Rollout } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { hopId } from '../model/hop.ts';
import { hopsBefore, underWayRefusals } from '../protocol/hop-before.ts';
import { nextHopOf } from './admission.ts';
import type { FleetSnapshot } from './snapshot.ts';

/**
 * What somebody else has begun on the cluster of a waiting member: the member's hop itself, or the hop before it, which has changed the cluster and
 * has not ended. The grant of the member is refused for the same reason.
 */
export function underWayOf(
  { upgrades, clusters, controls }: Pick<FleetSnapshot, 'upgrades' | 'clusters' | 'controls'>,
  rollout: Pick<Rollout, 'id'>,
  member: Member,
): Reason[] {
  const cluster = clusters.get(member.clusterKey);
  const own = upgrades.filter(({ clusterKey }) => clusterKey === member.clusterKey);
  if (cluster === undefined || own.length === 0) return [];
  const hop = nextHopOf(member, cluster, controls.get(member.clusterKey));
  const [from, to] = [hop.from.toString(), hop.to.toString()];
  const ids = hopsBefore({ machine: 'upgrade-cluster', from, to });
  const before = own.filter(({ id }) => ids.includes(id));
  const same = own.find(({ id }) => id === hopId(from, to));
  return underWayRefusals({ before, same, rollout }, cluster.name);
}
