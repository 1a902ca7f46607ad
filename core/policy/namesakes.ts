import type { FleetSpec, UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { shortId } from '../model/cluster-key.ts';
import { unnamedIn } from './cluster-tags.ts';
import { isNamedIn, isPlacedIn, waveOf } from './wave-of.ts';

/**
 * The wave that lists the cluster by its name alone, unless one before takes it. -1 = there is none, and it does not matter which other clusters have
 * its name.
 */
export function namingWave(policy: UpgradePolicy, cluster: ClusterRecord, prefix: string): number {
  const named = policy.spec.waves.findIndex(
    ({ clusters }) => clusters !== undefined && isNamedIn(clusters, cluster.name) && !isPlacedIn(clusters, cluster),
  );
  return isTakenBefore(named, policy, cluster, prefix) ? -1 : named;
}

/**
 * Why a wave takes none of the clusters whose name it lists: the policy has several of that name. Names are unique in one account and Region alone,
 * and the canary of one account may have the name of a production cluster in another. Nobody knows which one is meant.
 *
 * @param named the index of the wave (`namingWave`)
 * @param selected the living clusters of that name that the policy alone selects
 */
export function sharedName(
  policy: UpgradePolicy,
  named: number,
  selected: readonly ClusterRecord[],
  fleet: FleetSpec | undefined,
): Reason[] {
  const { name: wave, clusters = [] } = policy.spec.waves[named] ?? {};
  const called = selected.filter(
    (one) =>
      // A cluster outside the Fleet is neither looked at nor upgraded any more, so it does not count.
      (fleet === undefined || unnamedIn(fleet, one) === undefined) &&
      !isTakenBefore(named, policy, one, fleet?.tagPrefix ?? '') &&
      !isPlacedIn(clusters, one),
  );
  const [first, second] = called;
  if (first === undefined || second === undefined) return [];
  const ids = called.map(shortId).sort().join(', ');
  const said = `The wave ${wave} names ${first.name}, and the policy selects ${called.length} clusters of that name: ${ids}. Write each that is meant like that into spec.waves[${named}].clusters.`;
  return [reason('NoWave', said)];
}

function isTakenBefore(named: number, policy: UpgradePolicy, cluster: ClusterRecord, prefix: string): boolean {
  const { index } = waveOf(policy, cluster, prefix);
  return index >= 0 && index < named;
}
