import type { LiftlockEvent } from '../contracts/events.ts';
import type { ClusterRecord, DeadlineNotice, RegionVersions } from '../contracts/items/cluster.ts';
import { batchesOf } from '../model/batches.ts';
import { isRollback } from '../model/hop.ts';
import { wayBack } from '../model/way-back.ts';
import type { Ports } from '../ports/ports.ts';
import { rollbackView } from '../protocol/rollback-view.ts';
import { writeUnrecorded } from '../store/change.ts';
import { DeadlineNotices, deadlinePartition, upgradesOf } from '../store/entities.ts';
import { decideAndWrite, decode, put, type Read } from '../store/entity.ts';
import { type ClusterDeadline, deadlinesOf } from '../version/cluster-support.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { regionCalendar, regionOffer } from '../version/region-calendar.ts';

/** A transaction has this many items. */
const BATCH = 100;

type MayExtend = (cluster: ClusterRecord) => boolean;
type DeadlinePorts = Pick<Ports, 'table' | 'events' | 'clock'>;

/** One deadline that may have to be told: the event, and the notice that records that it was told. */
interface Near {
  readonly notice: DeadlineNotice;
  readonly event: LiftlockEvent;
}

/**
 * Announces living clusters of these Regions whose support ends, or that AWS changes, within 90, 60, 30 or 7 days, once for each of these, and
 * clusters that EKS takes back for one more day at most.
 *
 * @param mayExtend whether the policy of a cluster lets it be set into extended support when it is taken back
 */
export async function tellDeadlines(
  ports: DeadlinePorts,
  regions: readonly RegionVersions[],
  clusters: readonly ClusterRecord[],
  mayExtend: MayExtend,
): Promise<void> {
  const now = ports.clock.now();
  const living = clusters.filter(({ deletedAt }) => deletedAt === undefined);
  for (const region of regions) {
    const near = living.flatMap((cluster) => (cluster.region === region.region ? nearing(cluster, region, now) : []));
    if (near.length > 0) await decideAndWrite(() => tellNews(ports, region.region, near));
  }
  // The deadlines of rollbacks need the upgrades of each cluster: everything else is told first, in case one of them cannot be read.
  const problems: unknown[] = [];
  for (const region of regions) problems.push(...(await tellRollbackDeadlines(ports, region, living, mayExtend)));
  if (problems.length > 0) throw problems[0];
}

/** The end of a cluster's way back is told this long before it comes. */
const TOLD_BEFORE = 24 * 3_600_000;
/** Clusters whose upgrades are read at one time. */
const AT_ONCE = 25;

/**
 * Announces clusters that EKS takes back to the minor before for one more day at most, once for each upgrade (facts: eks.md §3.2). Returns the errors
 * that kept it from doing so for some of them.
 */
async function tellRollbackDeadlines(
  ports: DeadlinePorts,
  versions: RegionVersions,
  living: readonly ClusterRecord[],
  mayExtend: MayExtend,
): Promise<readonly unknown[]> {
  const now = ports.clock.now();
  const { region } = versions;
  const near = living.filter((cluster) => cluster.region === region && mayEndSoon(cluster, versions, now));
  if (near.length === 0) return [];
  const told = await toldIn(ports, region);
  // A deadline that was told and has not passed is this same one: that of another upgrade would be seven days later.
  const isTold = ({ clusterKey }: ClusterRecord): boolean =>
    (told.get(DeadlineNotices.key(region, clusterKey, ROLLBACK).sk)?.data.endsAt ?? '') > now.toISOString();
  const asked = near.filter((cluster) => !isTold(cluster));
  const problems: unknown[] = [];
  for (const some of batchesOf(asked, AT_ONCE)) {
    const found = await Promise.allSettled(
      some.map((cluster) => rollbackDeadline(ports, cluster, versions, { now, mayExtend: mayExtend(cluster) })),
    );
    const news = found.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
    if (news.length > 0) await decideAndWrite(() => tellNews(ports, region, news));
    for (const one of found) if (one.status === 'rejected') problems.push(one.reason);
  }
  return problems;
}

/** Stands where a notice of AWS Health has its event, and tells which of a cluster's deadlines the notice is about. */
const ROLLBACK = 'rollback';

/** Whether the way back may end soon, as far as the cluster's record tells: the version was seen when its upgrade had ended, or later. */
function mayEndSoon(
  { name, region, version, versionObservedAt, supportType }: ClusterRecord,
  versions: RegionVersions,
  now: Date,
) {
  const from = KubeVersion.tryParse(version)?.previous();
  if (from === undefined) return false;
  const completedAt = new Date(versionObservedAt);
  const { until } = wayBack(from, { name, region, completedAt, now, calendar: regionCalendar(versions), supportType });
  return until !== undefined && until.getTime() - now.getTime() <= TOLD_BEFORE;
}

async function rollbackDeadline(
  { table }: DeadlinePorts,
  cluster: ClusterRecord,
  versions: RegionVersions,
  { now, mayExtend }: { readonly now: Date; readonly mayExtend: boolean },
): Promise<Near | undefined> {
  const upgrades = await upgradesOf(table, cluster.clusterKey);
  // A cluster that is on its way back already is not announced; a rollback that waits, even half-way, may wait too long.
  if (upgrades.some((one) => isRollback(one) && one.status === 'Running')) return undefined;
  const { to, until, reasons } = rollbackView(cluster, { upgrades, region: versions, mayExtend, now });
  const left = until === null ? 0 : Date.parse(until) - now.getTime();
  if (to === null || until === null || left > TOLD_BEFORE) return undefined;
  const { clusterKey, arn, account, region, version: kubernetesVersion } = cluster;
  const named = { version: 1, clusterKey, cluster: arn, account, region, kubernetesVersion } as const;
  return {
    notice: { region, clusterKey, event: ROLLBACK, endsAt: until, days: 1 },
    event: {
      type: 'RollbackDeadlineApproaching',
      detail: {
        ...{ ...named, to, endsAt: until, hoursLeft: Math.floor(left / 3_600_000) },
        reasons: reasons.filter(({ code }) => code === 'NeedsExtendedSupport' || code === 'ExtendsSupport'),
      },
    },
  };
}

function nearing(cluster: ClusterRecord, versions: RegionVersions, now: Date): Near[] {
  const { clusterKey, region } = cluster;
  return deadlinesOf(cluster, regionOffer(versions), now).flatMap((deadline) => {
    if (deadline.bucket === undefined) return [];
    const change = deadline.kind === 'plannedChange' ? { event: deadline.change.event } : {};
    const notice = { region, clusterKey, ...change, endsAt: deadline.at.toISOString(), days: deadline.bucket };
    return [{ notice, event: eventOf(cluster, deadline, notice) }];
  });
}

async function toldIn({ table }: DeadlinePorts, region: string): Promise<Map<string, Read<DeadlineNotice>>> {
  const items = await table.queryPartition(deadlinePartition(region));
  return new Map(items.map((item) => [item.sk, decode(DeadlineNotices, item)]));
}

/** Tells the deadlines that have come into another of their buckets since they were told last. */
async function tellNews(ports: DeadlinePorts, region: string, near: readonly Near[]): Promise<void> {
  const { table, events } = ports;
  const told = await toldIn(ports, region);
  const toldOf = (notice: DeadlineNotice) => told.get(DeadlineNotices.keyOf(notice).sk);
  const news = near.filter(({ notice }) => {
    const before = toldOf(notice)?.data;
    return before?.endsAt !== notice.endsAt || before.days > notice.days;
  });
  for (const batch of batchesOf(news, BATCH)) {
    // The notice is written before the event is sent: an event that is lost afterwards costs one announcement, while one that is sent twice would
    // look like news.
    await writeUnrecorded(
      table,
      batch.map(({ notice }) =>
        put(DeadlineNotices, notice, toldOf(notice)?.revision ?? 'absent', new Date(notice.endsAt)),
      ),
    );
    await events.publish(batch.map(({ event }) => event));
  }
}

function eventOf(cluster: ClusterRecord, deadline: ClusterDeadline, notice: DeadlineNotice): LiftlockEvent {
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
