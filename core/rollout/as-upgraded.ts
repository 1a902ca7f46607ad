import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { remembered } from '../model/remembered.ts';
import { versionNow } from '../protocol/rollback-view.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** A look at a whole fleet asks for each of its clusters. */
const byCluster = remembered(
  (upgrades: readonly Upgrade[]) => Map.groupBy(upgrades, ({ clusterKey }) => clusterKey),
  new WeakMap(),
);

/** The cluster as it is by now, which the inventory learns only at its next look. */
export function asUpgraded({ upgrades }: Pick<FleetSnapshot, 'upgrades'>, cluster: ClusterRecord): ClusterRecord {
  const own = byCluster(upgrades).get(cluster.clusterKey);
  return own === undefined ? cluster : { ...cluster, version: versionNow(cluster, own).toString() };
}

/** The clusters that there are, each as it is by now. */
export const clustersNow = (snapshot: Pick<FleetSnapshot, 'clusters' | 'upgrades'>): readonly ClusterRecord[] =>
  [...snapshot.clusters.values()]
    .filter(({ deletedAt }) => deletedAt === undefined)
    .map((one) => asUpgraded(snapshot, one));
