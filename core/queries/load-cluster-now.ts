import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Ports } from '../ports/ports.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { refuseGone } from './refusal.ts';

/** The fleet as it stands and the newest record of the cluster, for the plan of what a person asks for. Fails with `ClusterGone`. */
export async function loadClusterNow(
  { table }: Pick<Ports, 'table'>,
  record: ClusterRecord,
): Promise<{ readonly snapshot: FleetSnapshot; readonly cluster: ClusterRecord }> {
  const snapshot = await loadSnapshot(table, await table.queryActive(), 'fleet');
  const cluster = snapshot.clusters.get(record.clusterKey) ?? record;
  refuseGone(cluster);
  return { snapshot, cluster };
}
