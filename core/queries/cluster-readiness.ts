import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { LatestScans } from '../contracts/items/scan.ts';
import { shortId } from '../model/cluster-key.ts';
import type { Ports } from '../ports/ports.ts';
import { asUpgraded } from '../rollout/as-upgraded.ts';
import { targetIn } from '../rollout/cluster-target.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { type Readiness, readinessIn, readinessTo, withHold } from '../rollout/readiness.ts';
import { type FleetSnapshot, nodesIn } from '../rollout/snapshot.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { invalidInput } from './refusal.ts';

/** Whether a cluster may go one minor up, or to a version that somebody asks about. */
export interface ReadinessView extends Readiness {
  readonly cluster: string;
  readonly name: string;
  readonly version: string;
  /** The version that the cluster is to go to, or that was asked about; null where nothing says. */
  readonly target: string | null;
}

/** The readiness of clusters that are at hand, for lists and `explain`. */
export function readinessView(
  snapshot: FleetSnapshot,
  recorded: ClusterRecord,
  scans: LatestScans | undefined,
  now: Date,
): ReadinessView {
  const cluster = asUpgraded(snapshot, recorded);
  const target = targetIn(snapshot, cluster, now);
  const { name, version } = cluster;
  return {
    ...{ cluster: shortId(cluster), name, version, target: target?.toString() ?? null },
    ...readinessIn(snapshot, cluster, { scans, now }),
  };
}

/**
 * The readiness of one cluster, and for all hops to `to` where that is asked: what stands in the way of a later hop blocks too.
 *
 * @param to a minor; undefined = the next one, as the policy has it
 */
export async function clusterReadiness(
  ports: Pick<Ports, 'table' | 'clock'>,
  recorded: ClusterRecord,
  to: string | undefined,
): Promise<ReadinessView> {
  const snapshot = await loadSnapshot(ports.table, await ports.table.queryActive(), 'fleet');
  const cluster = asUpgraded(snapshot, recorded);
  const scans = (await latestScansOf(ports.table, [cluster.clusterKey])).get(cluster.clusterKey);
  const view = readinessView(snapshot, cluster, scans, ports.clock.now());
  if (to === undefined) return view;
  const [asked, current] = [KubeVersion.parse(to), KubeVersion.parse(cluster.version)];
  if (!current.isOlderThan(asked))
    throw invalidInput(`${cluster.name} is at ${cluster.version} already; --to ${to} leads nowhere.`);
  const offered = snapshot.regions.get(cluster.region)?.versions.map(({ version }) => version) ?? [];
  if (!offered.includes(to))
    throw invalidInput(
      `EKS offers no ${to} in ${cluster.region}, as far as is known: ${offered.join(', ') || 'nothing was read yet'}.`,
    );
  const known = { scans, now: ports.clock.now(), nodes: nodesIn(snapshot, cluster) };
  const way = withHold(readinessTo(cluster, asked, known), cluster, snapshot.controls.get(cluster.clusterKey));
  return { ...view, target: to, ...way };
}
