import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { LearnedDurations } from '../contracts/items/rollout.ts';
import type { KnownScans, LatestScans } from '../contracts/items/scan.ts';
import type { WrittenCluster } from '../inventory/document/inventory-schema.ts';
import { scansOfHops } from '../model/blocking-findings.ts';
import { shortId, shortKeyOf } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import { idsAround } from '../model/hop.ts';
import { unreachable } from '../model/unreachable.ts';
import { SEVEN_DAYS } from '../model/way-back.ts';
import type { Ports } from '../ports/ports.ts';
import { targetIn } from '../rollout/cluster-target.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { type Readiness, readinessIn, readinessTo, withHold } from '../rollout/readiness.ts';
import { asUpgraded, type FleetSnapshot, nodesIn } from '../rollout/snapshot.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import { matchesSelector } from '../selector/match.ts';
import { Upgrades } from '../store/entities.ts';
import { loadAll } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { clusterPolicy, rollbackIn } from './cluster-policy.ts';
import { type ClusterSummary, clusterSummary } from './cluster-summary.ts';
import { parseLabelSelector } from './label-selector-text.ts';
import { type Page, type PageRequest, pageByNumber, shortened } from './page.ts';
import { inRollout } from './place-of.ts';
import { invalidInput } from './refusal.ts';

interface ClusterFilter extends PageRequest {
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

type ClusterPage = Page<ListedCluster> & { readonly learned?: LearnedDurations };

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
  const ways = await endsOfWaysBack(ports, narrowed, items);
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
    if (filter.inventory !== true) return [one];
    return [{ ...one, inventory: writtenCluster(asUpgraded(narrowed, cluster), controls.get(summary.key), own) }];
  });
  const page = shortened({ items: whole, ...rest }, ({ key }) => shortKeyOf(key));
  return { ...page, ...(filter.inventory !== true || learned === undefined ? {} : { learned }) };
}

/**
 * Until when EKS takes clusters back. Nothing is read of one that has been at its minor for longer than that, and on which nothing is under way; of the
 * others upgrades are read by their keys, since a page has too many for a query of each.
 */
async function endsOfWaysBack(
  { table, clock }: Pick<Ports, 'table' | 'clock'>,
  snapshot: FleetSnapshot,
  clusters: readonly ClusterRecord[],
): Promise<ReadonlyMap<string, string | null>> {
  const now = clock.now();
  const moving = new Set(snapshot.upgrades.map(({ clusterKey }) => clusterKey));
  const mayGoBack = clusters
    .filter(
      ({ clusterKey, deletedAt, versionObservedAt }) =>
        deletedAt === undefined &&
        (now.getTime() - Date.parse(versionObservedAt) < SEVEN_DAYS || moving.has(clusterKey)),
    )
    .map((cluster) => asUpgraded(snapshot, cluster));
  const keys = mayGoBack.flatMap(({ clusterKey, version }) =>
    idsAround(KubeVersion.parse(version)).map((id) => Upgrades.key(clusterKey, id)),
  );
  const upgrades = Map.groupBy(await loadAll(table, Upgrades, keys), ({ clusterKey }) => clusterKey);
  const endOf = (cluster: ClusterRecord) => {
    const { policy } = clusterPolicy(snapshot, cluster, now);
    return rollbackIn(snapshot, { cluster, upgrades: upgrades.get(cluster.clusterKey) ?? [], spec: policy?.spec }, now)
      .until;
  };
  return new Map(mayGoBack.map((cluster) => [cluster.clusterKey, endOf(cluster)]));
}

/** A cluster in the form of the inventory document: everything that policies can ask about, and what keeps Liftlock away. */
export function writtenCluster(
  cluster: ClusterRecord,
  control: ClusterControl | undefined,
  scans?: KnownScans,
): WrittenCluster {
  const { name, account, region, version, arn, createdAt, labels, tags, status, autoMode } = cluster;
  const { platformVersion, supportType, authenticationMode, unsupported, plannedChanges, deletedAt } = cluster;
  const held = control?.held;
  const known = scans === undefined ? [] : scansOfHops(scans, version);
  return {
    name,
    accountId: account,
    region,
    kubernetesVersion: version,
    labels,
    arn,
    createdAt,
    tags,
    ...given({ platformVersion }),
    status,
    ...given({ supportType, authenticationMode }),
    autoMode,
    endpoint: cluster.endpoint,
    nodegroups: cluster.nodegroups,
    ...given({ otherNodes: cluster.otherNodes }),
    fargateProfiles: cluster.fargateProfiles,
    addons: cluster.addons,
    insights: cluster.insights,
    managedBy: cluster.managedBy,
    ...given({ unsupported, plannedChanges, unreachable: unreachable(cluster)?.message }),
    ...(known.length === 0 ? {} : { scans: known.map(writtenScan) }),
    ...given({ held: held && { reason: held.reason, since: held.since }, deletedAt }),
  };
}

/** Causes that stop no hop are left out, because a report has them. */
function writtenScan({
  from,
  target,
  scannedAt,
  verdict,
  gaps,
  causes,
  moreErrors,
  waivedUntil,
  waivedErrors,
}: KnownScans['scans'][number]) {
  const told = causes.filter(({ severity }) => severity === 'error' || verdict === 'fail');
  return { target, scannedAt, verdict, gaps, causes: told, ...given({ from, moreErrors, waivedUntil, waivedErrors }) };
}

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
