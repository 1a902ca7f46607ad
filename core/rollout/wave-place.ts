import type { UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Reason } from '../contracts/step-result.ts';
import { remembered } from '../model/remembered.ts';
import { namingWave, sharedName } from '../policy/namesakes.ts';
import { waveOf } from '../policy/wave-of.ts';
import { type FleetSnapshot, policyMatch } from './snapshot.ts';

/** The wave of a cluster within the fleet: that of `waveOf`, unless a wave lists it by a name that another cluster of the policy has too (`NoWave`). */
export function wavePlace(
  snapshot: FleetSnapshot,
  policy: UpgradePolicy,
  cluster: ClusterRecord,
): ReturnType<typeof waveOf> {
  const reasons = sharedNameIn(snapshot, policy, cluster);
  return reasons.length > 0 ? { index: -1, reasons } : waveOf(policy, cluster, snapshot.fleet?.tagPrefix ?? '');
}

/** `sharedName` within the fleet. */
export function sharedNameIn(snapshot: FleetSnapshot, policy: UpgradePolicy, cluster: ClusterRecord): Reason[] {
  const named = namingWave(policy, cluster, snapshot.fleet?.tagPrefix ?? '');
  if (named === -1) return [];
  const selected = (namesakesIn(snapshot.clusters).get(cluster.name) ?? []).filter((one) => {
    const match = policyMatch(snapshot, one);
    return match.type === 'one' && match.policy === policy;
  });
  return sharedName(policy, named, selected, snapshot.fleet);
}

/** The living clusters of each name. */
const namesakesIn = remembered((clusters: FleetSnapshot['clusters']): ReadonlyMap<string, readonly ClusterRecord[]> => {
  const living = [...clusters.values()].filter(({ deletedAt }) => deletedAt === undefined);
  return Map.groupBy(living, ({ name }) => name);
}, new WeakMap());
