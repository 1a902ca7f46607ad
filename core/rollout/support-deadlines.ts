import type { LiftlockEvent } from '../contracts/events.ts';
import type { ClusterRecord, DeadlineNotice, RegionVersions } from '../contracts/items/cluster.ts';
import type { Ports } from '../ports/ports.ts';
import { DeadlineNotices, deadlinePartition } from '../store/entities.ts';
import { decideAndWrite, decode, put } from '../store/entity.ts';
import { writeUnrecorded } from '../store/unrecorded.ts';
import { type ClusterDeadline, deadlinesOf } from '../version/cluster-support.ts';
import { regionOffer } from '../version/region-calendar.ts';

/** Items of one transaction. */
const BATCH = 100;

type DeadlinePorts = Pick<Ports, 'table' | 'events' | 'clock'>;

interface Near {
  readonly cluster: ClusterRecord;
  readonly deadline: ClusterDeadline;
  readonly notice: DeadlineNotice;
}

/** Announces living clusters of these Regions whose support ends, or that AWS changes, within 90, 60, 30 or 7 days, once for each of these. */
export async function tellDeadlines(
  ports: DeadlinePorts,
  regions: readonly RegionVersions[],
  clusters: readonly ClusterRecord[],
): Promise<void> {
  const now = ports.clock.now();
  const living = clusters.filter(({ deletedAt }) => deletedAt === undefined);
  for (const region of regions) {
    const near = living.flatMap((cluster) => (cluster.region === region.region ? nearing(cluster, region, now) : []));
    if (near.length > 0) await decideAndWrite(() => tellNews(ports, region.region, near));
  }
}

function nearing(cluster: ClusterRecord, versions: RegionVersions, now: Date): Near[] {
  const { clusterKey, region } = cluster;
  return deadlinesOf(cluster, regionOffer(versions), now).flatMap((deadline) => {
    if (deadline.bucket === undefined) return [];
    const change = deadline.kind === 'plannedChange' ? { event: deadline.change.event } : {};
    const notice = { region, clusterKey, ...change, endsAt: deadline.at.toISOString(), days: deadline.bucket };
    return [{ cluster, deadline, notice }];
  });
}

/** Those that came into another of their buckets since they were told of. */
async function tellNews({ table, events }: DeadlinePorts, region: string, near: readonly Near[]): Promise<void> {
  const items = await table.queryPartition(deadlinePartition(region));
  const told = new Map(items.map((item) => [item.sk, decode(DeadlineNotices, item)]));
  const toldOf = (notice: DeadlineNotice) => told.get(DeadlineNotices.keyOf(notice).sk);
  const news = near.filter(({ notice }) => {
    const before = toldOf(notice)?.data;
    return before?.endsAt !== notice.endsAt || before.days > notice.days;
  });
  for (let start = 0; start < news.length; start += BATCH) {
    const batch = news.slice(start, start + BATCH);
    // Written first: an event that is lost afterwards costs one notice, one that is sent twice would be news that is none.
    await writeUnrecorded(
      table,
      batch.map(({ notice }) =>
        put(DeadlineNotices, notice, toldOf(notice)?.revision ?? 'absent', new Date(notice.endsAt)),
      ),
    );
    await events.publish(batch.map(eventOf));
  }
}

function eventOf({ cluster, deadline, notice }: Near): LiftlockEvent {
  const { clusterKey, arn, account, region, version: kubernetesVersion } = cluster;
  if (deadline.kind === 'plannedChange') {
    const { code, event, at: startsAt } = deadline.change;
    const { daysLeft } = deadline;
    const told = { version: 1, clusterKey, cluster: arn, account, region, code, event, startsAt, daysLeft } as const;
    return { type: 'PlannedChangeApproaching', detail: told };
  }
  const support = deadline.kind === 'endOfStandardSupport' ? 'standard' : 'extended';
  const { endsAt } = notice;
  const { daysLeft, forced } = deadline;
  const of = { version: 1, clusterKey, cluster: arn, account, region, kubernetesVersion } as const;
  return { type: 'SupportDeadlineApproaching', detail: { ...of, support, endsAt, daysLeft, forced } };
}
