import type { UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { reason } from '../contracts/step-result.ts';
import { shortId } from '../model/cluster-key.ts';
import { remembered } from '../model/remembered.ts';
import { unnamedIn } from '../policy/cluster-tags.ts';
import { isNamedIn, isPlacedIn, waveOf } from '../policy/wave-of.ts';
import { policyMatch } from './policy-matches.ts';
import type { FleetSnapshot } from './snapshot.ts';

/**
 * The wave of a cluster within the fleet: that of `waveOf`, unless a wave lists a cluster by a name that another cluster of the policy has too. Names
 * are unique in one account and Region alone, and the canary of one account may have the name of a production cluster in another. Nobody knows which
 * one is meant, so none of them is taken (`NoWave`).
 */
export function wavePlace(
  snapshot: FleetSnapshot,
  policy: UpgradePolicy,
  cluster: ClusterRecord,
): ReturnType<typeof waveOf> {
  const placeOf = (one: ClusterRecord) => waveOf(policy, one, snapshot.fleet?.tagPrefix ?? '');
  const place = placeOf(cluster);
  const named = policy.spec.waves.findIndex(
    ({ clusters }) => clusters !== undefined && isNamedIn(clusters, cluster.name) && !isPlacedIn(clusters, cluster),
  );
  const wave = policy.spec.waves[named];
  const isTakenBefore = ({ index }: ReturnType<typeof waveOf>): boolean => index >= 0 && index < named;
  if (wave === undefined || isTakenBefore(place)) return place;
  const called = (namesakesIn(snapshot.clusters).get(cluster.name) ?? []).filter((one) => {
    const match = policyMatch(snapshot, one);
    // A cluster outside the Fleet is neither looked at nor upgraded any more, so it does not count.
    if (snapshot.fleet !== undefined && unnamedIn(snapshot.fleet, one) !== undefined) return false;
    if (isTakenBefore(placeOf(one))) return false;
    return match.type === 'one' && match.policy === policy && !isPlacedIn(wave.clusters ?? [], one);
  });
  if (called.length < 2) return place;
  const ids = called.map(shortId).join(', ');
  const said = `The wave ${wave.name} names ${cluster.name}, and the policy selects ${called.length} clusters of that name: ${ids}. Write each that is meant like that into spec.waves[${named}].clusters.`;
  return { index: -1, reasons: [reason('NoWave', said)] };
}

/** The living clusters of each name, ordered by ARN. */
const namesakesIn = remembered((clusters: FleetSnapshot['clusters']): ReadonlyMap<string, readonly ClusterRecord[]> => {
  const living = [...clusters.values()].filter(({ deletedAt }) => deletedAt === undefined);
  return Map.groupBy(
    living.sort((one, other) => (one.arn < other.arn ? -1 : 1)),
    ({ name }) => name,
  );
}, new WeakMap());
