import { errorMessage, errorName } from '../contracts/errors.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { ClusterRecord, DeadlineNotice, RegionVersions } from '../contracts/items/cluster.ts';
import { fleetInForce } from '../policy/applied.ts';
import type { ClusterVersionInformation } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { batched } from '../store/batched.ts';
import { DeadlineNotices, deadlinePartition, Regions } from '../store/entities.ts';
import { decode, load, put, type Read, replace } from '../store/entity.ts';
import { markDirty } from '../store/mark-dirty.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { SupportCalendar } from '../version/support-calendar.ts';
import { livingRecords } from './records.ts';
import { isSeenLately } from './seen.ts';

/** Items of one transaction. */
const BATCH = 100;

export type WatchPorts = Pick<Ports, 'table' | 'eks' | 'events' | 'clock'>;

/**
 * Asks every Region which versions EKS offers. A version that is new there is announced once; the first look is a baseline and announces
 * nothing. Clusters whose support ends within 90, 60, 30 or 7 days are announced once for each of these.
 */
export async function watchVersions(ports: WatchPorts): Promise<{ announced: number; unreadable: string[] }> {
  const fleet = await fleetInForce(ports.table);
  if (fleet === undefined) return { announced: 0, unreadable: [] };
  const clusters = await livingRecords(ports.table);
  const reader = batched(ports.table);
  const known = await Promise.all(fleet.regions.map((region) => load(reader, Regions, region)));
  let announced = 0;
  const unreadable: string[] = [];
  for (const [index, region] of fleet.regions.entries()) {
    // Versions are the Region's, whoever asks: the first account that answers will do.
    const rows = await firstAnswer(ports, region, accountsFor(region, clusters, fleet.accounts), unreadable);
    if (rows === undefined) continue;
    announced += await watchRegion(
      ports,
      region,
      rows,
      known[index],
      clusters.filter((cluster) => cluster.region === region),
    );
  }
  return { announced, unreadable };
}

function accountsFor(region: string, clusters: readonly ClusterRecord[], configured: readonly string[]): string[] {
  return [
    ...new Set([
      ...clusters.filter((cluster) => cluster.region === region).map((cluster) => cluster.account),
      ...configured,
    ]),
  ];
}

async function firstAnswer(
  ports: WatchPorts,
  region: string,
  accounts: readonly string[],
  unreadable: string[],
): Promise<ClusterVersionInformation[] | undefined> {
  const refused: string[] = [];
  for (const account of accounts) {
    try {
      return await ports.eks.describeClusterVersions({ account, region });
    } catch (error) {
      refused.push(`${account}: ${errorName(error)}: ${errorMessage(error)}`);
    }
  }
  unreadable.push(`${region}: ${refused.join('; ') || 'no account is known there'}`);
  return undefined;
}

async function watchRegion(
  ports: WatchPorts,
  region: string,
  rows: readonly ClusterVersionInformation[],
  read: Read<RegionVersions> | undefined,
  clusters: readonly ClusterRecord[],
): Promise<number> {
  const now = ports.clock.now();
  const versions = rows.map(toRow);
  const isNews = JSON.stringify(read?.data.versions) !== JSON.stringify(versions);
  const offered = rows.filter((row) => row.versionStatus !== 'UNSUPPORTED').map((row) => row.clusterVersion);
  const fresh = read === undefined ? [] : offered.filter((version) => !read.data.announced.includes(version));
  const deadlines = await newDeadlines(ports, region, clusters, rows, now);
  const next: RegionVersions = {
    region,
    versions,
    announced: [...new Set([...(read?.data.announced ?? []), ...offered])].sort(),
    checkedAt: now.toISOString(),
  };
  // Written first: an event that is lost afterwards costs an hour, one that is sent twice would be news that is none.
  if (read === undefined || isNews || !isSeenLately(read.data.checkedAt, now))
    await ports.table.transact([replace(Regions, read, next)]);
  if (isNews) await markDirty(ports);
  const events: LiftlockEvent[] = [
    ...fresh.map(
      (version): LiftlockEvent => ({
        type: 'VersionAvailable',
        detail: { version: 1, region, kubernetesVersion: version },
      }),
    ),
    ...deadlines,
  ];
  if (events.length > 0) await ports.events.publish(events);
  return events.length;
}

function toRow(row: ClusterVersionInformation): RegionVersions['versions'][number] {
  return {
    version: row.clusterVersion,
    status: row.versionStatus ?? 'UNKNOWN',
    defaultVersion: row.defaultVersion === true,
    ...(row.releaseDate === undefined ? {} : { releaseDate: row.releaseDate.toISOString() }),
    ...(row.endOfStandardSupportDate === undefined
      ? {}
      : { endOfStandardSupport: row.endOfStandardSupportDate.toISOString() }),
    ...(row.endOfExtendedSupportDate === undefined
      ? {}
      : { endOfExtendedSupport: row.endOfExtendedSupportDate.toISOString() }),
  };
}

/** Deadlines that came into another of their buckets since the last look, written before they are announced. */
async function newDeadlines(
  ports: WatchPorts,
  region: string,
  clusters: readonly ClusterRecord[],
  rows: readonly ClusterVersionInformation[],
  now: Date,
): Promise<LiftlockEvent[]> {
  const calendar = SupportCalendar.of(rows);
  const near = clusters.flatMap((cluster) => {
    const { deadline } = calendar.supportStatus(KubeVersion.parse(cluster.version), now);
    if (deadline?.bucket === undefined) return [];
    const { clusterKey } = cluster;
    const notice: DeadlineNotice = { region, clusterKey, endsAt: deadline.at.toISOString(), days: deadline.bucket };
    return [{ cluster, deadline, notice }];
  });
  if (near.length === 0) return [];
  const items = await ports.table.queryPartition(deadlinePartition(region));
  const told = new Map(items.map((item) => [item.sk, decode(DeadlineNotices, item).data]));
  const news = near.filter(({ notice }) => {
    const before = told.get(notice.clusterKey);
    return before?.endsAt !== notice.endsAt || before.days > notice.days;
  });
  for (let start = 0; start < news.length; start += BATCH) {
    await ports.table.transact(
      news.slice(start, start + BATCH).map(({ notice }) => put(DeadlineNotices, notice, 'any')),
    );
  }
  return news.map(({ cluster, deadline, notice }) => {
    const { clusterKey, arn, account, version: kubernetesVersion } = cluster;
    const support = deadline.kind === 'endOfStandardSupport' ? 'standard' : 'extended';
    const detail = {
      version: 1 as const,
      clusterKey,
      cluster: arn,
      account,
      region,
      kubernetesVersion,
      support,
      endsAt: notice.endsAt,
      daysLeft: deadline.daysLeft,
    } as const;
    return { type: 'SupportDeadlineApproaching', detail };
  });
}
