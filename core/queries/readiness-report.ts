import type { ReadinessHistory } from '../contracts/items/readiness-history.ts';
import type { ReadinessVerdict } from '../contracts/scan-words.ts';
import { shortId } from '../model/cluster-key.ts';
import type { Ports } from '../ports/ports.ts';
import { ownerOf } from '../readiness/owner-news.ts';
import { Clusters, READINESS_DAYS, ReadinessDays, ReadinessHistories } from '../store/entities.ts';
import { decode, loadKind } from '../store/entity.ts';
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
}

/** How the readiness of a fleet has developed. */
export type ReadinessReport = Awaited<ReturnType<typeof readinessReport>>;

/** At most this many clusters, since an answer of a function holds 6 MB. */
const MOST_CLUSTERS = 500;

export async function readinessReport({ table, clock }: Pick<Ports, 'table' | 'clock'>, sinceText: string) {
  const now = clock.now();
  const since = periodStart(sinceText, now).toISOString();
  const [days, histories, records] = await Promise.all([
    table.queryPartition(READINESS_DAYS),
    loadKind(table, ReadinessHistories),
    loadKind(table, Clusters),
  ]);
  const known = new Map(records.map((one) => [one.clusterKey, one]));
  const clusters = histories.flatMap((history): ClusterReadiness[] => {
    const { causes, word } = history;
    const cluster = known.get(history.clusterKey);
    const ended = history.ended.filter(({ until }) => until >= since);
    if (cluster === undefined || causes.length + ended.length === 0) return [];
    const words = history.words.filter(({ until }) => until >= since);
    const standing = { verdict: word?.verdict ?? null, since: word?.since ?? null };
    const { version } = cluster;
    return [{ cluster: shortId(cluster), version, owner: ownerOf(cluster), ...standing, causes, ended, words }];
  });
  const order = (one: ClusterReadiness): string =>
    one.causes.map((cause) => cause.since).sort()[0] ?? `~${one.cluster}`;
  clusters.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return {
    since,
    until: now.toISOString(),
    /** The last look of each day in UTC, the oldest first; days without a look are missing. */
    days: days.map((item) => decode(ReadinessDays, item).data).filter(({ date }) => date >= since.slice(0, 10)),
    /** First the clusters that are stopped, the longest first, then those that were; what ended is the newest first. */
    clusters: clusters.slice(0, MOST_CLUSTERS),
    /** How many more clusters there are for which the answer has no room. */
    left: Math.max(0, clusters.length - MOST_CLUSTERS),
  };
}
