import type { ClusterControl } from '../contracts/items/cluster.ts';
import type { ReadinessHistory } from '../contracts/items/readiness-history.ts';
import type { ReadinessVerdict } from '../contracts/scan-words.ts';
import { shortId } from '../model/cluster-key.ts';
import type { Ports } from '../ports/ports.ts';
import { ownerOf } from '../readiness/owner-news.ts';
import { ClusterControls, Clusters, READINESS_DAYS, ReadinessDays, ReadinessHistories } from '../store/entities.ts';
import { decode, loadKind } from '../store/entity.ts';
import { shortened } from './page.ts';
import { periodStart } from './report-period.ts';

/** A cluster that something stops, or has stopped in the period. */
export interface ClusterReadiness extends Pick<ReadinessHistory, 'causes' | 'ended' | 'words'> {
  readonly cluster: string;
  readonly version: string;
  /** The owner of the cluster, by its labels; each cause has an owner of its own. */
  readonly owner: string | null;
  /** The verdict now, and since when it is that; null = the cluster is gone. */
  readonly verdict: ReadinessVerdict | null;
  readonly since: string | null;
  /** What holds it now. No look finds that, and a held cluster is blocked whatever was found. */
  readonly held: Pick<NonNullable<ClusterControl['held']>, 'reason' | 'since'> | null;
}

/** How the readiness of a fleet has developed. */
export type ReadinessReport = Awaited<ReturnType<typeof readinessReport>>;

/** At most this many clusters, and fewer where much has stopped them: as many as an answer has room for. */
const MOST_CLUSTERS = 500;

export async function readinessReport({ table, clock }: Pick<Ports, 'table' | 'clock'>, sinceText: string) {
  const now = clock.now();
  const since = periodStart(sinceText, now).toISOString();
  const [days, histories, records, controls] = await Promise.all([
    table.queryPartition(READINESS_DAYS),
    loadKind(table, ReadinessHistories),
    loadKind(table, Clusters),
    loadKind(table, ClusterControls),
  ]);
  const known = new Map(histories.map((one) => [one.clusterKey, one]));
  const holds = new Map(controls.map((one) => [one.clusterKey, one.held]));
  const clusters = records.flatMap((cluster): ClusterReadiness[] => {
    const { clusterKey, version, deletedAt } = cluster;
    const { causes = [], word, ended: over = [], words: past = [] } = known.get(clusterKey) ?? {};
    const hold = deletedAt === undefined ? holds.get(clusterKey) : undefined;
    const held = hold === undefined ? null : { reason: hold.reason, since: hold.since };
    const ended = over.filter(({ until }) => until >= since);
    if (held === null && causes.length + ended.length === 0) return [];
    const words = past.filter(({ until }) => until >= since);
    const looked = { verdict: word?.verdict ?? null, since: word?.since ?? null };
    const isHeldAlone = held !== null && looked.verdict !== 'blocked';
    const standing = { ...(isHeldAlone ? { verdict: 'blocked' as const, since: held.since } : looked), held };
    return [{ cluster: shortId(cluster), version, owner: ownerOf(cluster), ...standing, causes, ended, words }];
  });
  const order = (one: ClusterReadiness): string =>
    [...one.causes, one.held ?? []]
      .flat()
      .map((stop) => stop.since)
      .sort()[0] ?? `~${one.cluster}`;
  clusters.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const told = shortened({ items: clusters.slice(0, MOST_CLUSTERS) }, ({ cluster }) => cluster).items;
  return {
    since,
    until: now.toISOString(),
    /** The last look of each day in UTC, the oldest first; days without a look are missing. */
    days: days.map((item) => decode(ReadinessDays, item).data).filter(({ date }) => date >= since.slice(0, 10)),
    /** First the clusters that are stopped, the longest first, then those that were; what ended is the newest first. */
    clusters: told,
    /** How many more clusters there are for which the answer has no room. */
    left: clusters.length - told.length,
  };
}
