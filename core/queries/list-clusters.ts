import type { LearnedDurations } from '../contracts/items/rollout.ts';
import type { WrittenCluster } from '../inventory/document/inventory-schema.ts';
import { writtenCluster } from '../inventory/document/written-cluster.ts';
import { shortKeyOf } from '../model/cluster-key.ts';
import { SEVEN_DAYS } from '../model/way-back.ts';
import type { Ports } from '../ports/ports.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import { matchesSelector } from '../selector/match.ts';
import { upgradesOf } from '../store/cluster-upgrades.ts';
import { clusterPolicy, rollbackIn } from './cluster-policy.ts';
import { type ReadinessView, readinessView } from './cluster-readiness.ts';
import { type ClusterSummary, clusterSummary } from './cluster-summary.ts';
import { inRollout } from './in-rollout.ts';
import { parseLabelSelector } from './label-selector-text.ts';
import { type Page, type PageRequest, pageByNumber, shortened } from './page.ts';

export interface ClusterFilter extends PageRequest {
  readonly selector?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** Also lists clusters that were deleted. */
  readonly gone?: boolean | undefined;
  /** Adds each cluster as an inventory document has it, and the learned durations. */
  readonly inventory?: boolean | undefined;
}

/** `inventory` is there only where it was asked for. */
export type ListedCluster = ClusterSummary & {
  readonly readiness: ReadinessView;
  /** Until when EKS takes the cluster back to the minor before; null where it does not, or nobody knows. */
  readonly reversibleUntil: string | null;
  readonly inventory?: WrittenCluster;
};

export type ClusterPage = Page<ListedCluster> & { readonly learned?: LearnedDurations };

/** The inventory, filtered, by id. Only the clusters of the page are summarized, since that is the expensive part. */
export async function listClusters(ports: Pick<Ports, 'table' | 'clock'>, filter: ClusterFilter): Promise<ClusterPage> {
  const selector = filter.selector === undefined ? undefined : parseLabelSelector(filter.selector);
  const snapshot = await loadSnapshot(ports.table, await ports.table.queryActive(), 'fleet');
  const chosen = [...snapshot.clusters.values()].filter(
    (cluster) =>
      (filter.gone === true || cluster.deletedAt === undefined) &&
      (filter.account === undefined || cluster.account === filter.account) &&
      (filter.region === undefined || cluster.region === filter.region) &&
      (selector === undefined || matchesSelector(selector, cluster.labels)),
  );
  const { items, ...rest } = pageByNumber(chosen, ({ clusterKey }) => shortKeyOf(clusterKey), filter);
  const now = ports.clock.now();
  // The summary searches all upgrades for each cluster, so only those of the page's clusters are kept.
  const keys = new Set(items.map((cluster) => cluster.clusterKey));
  const narrowed = { ...snapshot, upgrades: snapshot.upgrades.filter((upgrade) => keys.has(upgrade.clusterKey)) };
  const summaries = items.map((cluster) => clusterSummary(narrowed, cluster, now));
  const listed = await inRollout(ports.table, snapshot, summaries, now);
  const { controls, learned } = snapshot;
  const scans = await latestScansOf(ports.table, [...keys]);
  // Nothing is read of a cluster that has been at its minor for longer than EKS takes one back, and on which nothing is under way.
  const mayGoBack = items.filter(
    ({ clusterKey, versionObservedAt }) =>
      now.getTime() - Date.parse(versionObservedAt) < SEVEN_DAYS ||
      narrowed.upgrades.some((one) => one.clusterKey === clusterKey),
  );
  const ways = new Map(
    await Promise.all(
      mayGoBack.map(async (cluster): Promise<[string, string | null]> => {
        const { policy } = clusterPolicy(snapshot, cluster, now);
        const upgrades = await upgradesOf(ports.table, cluster.clusterKey);
        return [cluster.clusterKey, rollbackIn(snapshot, cluster, upgrades, policy?.spec, now).until];
      }),
    ),
  );
  const byKey = new Map(items.map((cluster) => [cluster.clusterKey, cluster]));
  const whole = listed.flatMap((summary): ListedCluster[] => {
    const cluster = byKey.get(summary.key);
    if (cluster === undefined) return [];
    const own = scans.get(summary.key);
    const one = {
      ...summary,
      readiness: readinessView(narrowed, cluster, own, now),
      reversibleUntil: ways.get(summary.key) ?? null,
    };
    return [
      filter.inventory === true ? { ...one, inventory: writtenCluster(cluster, controls.get(summary.key), own) } : one,
    ];
  });
  const page = shortened({ items: whole, ...rest }, ({ key }) => shortKeyOf(key));
  return { ...page, ...(filter.inventory !== true || learned === undefined ? {} : { learned }) };
}
