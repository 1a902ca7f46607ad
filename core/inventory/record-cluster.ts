import type { FleetSpec } from '../config/types.ts';
import { errorMessage, errorName, isDenied, isNotFound, LOOK_AT_ACCESS } from '../contracts/errors.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { clusterKey } from '../model/cluster-key.ts';
import { isSame } from '../model/is-same.ts';
import { sentence } from '../model/words.ts';
import { FLEET, fleetSpec, loadAppliedConfigs, upgradePolicy } from '../policy/applied.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import type { Cluster } from '../ports/eks.ts';
import type { ClusterItem } from '../ports/outside.ts';
import type { Ports } from '../ports/ports.ts';
import { countLabels } from '../protocol/count-labels.ts';
import { leftByOthers } from '../protocol/taken-back-by-others.ts';
import type { AuditEntry } from '../store/audit.ts';
import { auditEntry, change, changeAndTell, markDirty, writeMark } from '../store/change.ts';
import { ClusterNames, Clusters, Configs, Images, loadRecordsOfName } from '../store/entities.ts';
import { batched, load, put, type Read, replace, unchanged } from '../store/entity.ts';
import { changesAfter } from './changes-told.ts';
import { observeCluster } from './observe-cluster.ts';
import { isSeenLately } from './seen.ts';

export type RecordPorts = Pick<Ports, 'table' | 'eks' | 'clock' | 'events'>;

/**
 * Observes one cluster and writes its changes. A cluster is gone only when DescribeCluster says so; one that is denied keeps its record and becomes
 * unreachable. Fails on throttles and faults, so that the queue delivers the item again.
 */
export async function recordCluster(
  ports: RecordPorts,
  item: ClusterItem,
): Promise<'recorded' | 'unchanged' | 'gone' | 'denied'> {
  const scope = { account: item.account, region: item.region };
  let cluster: Cluster;
  let describedAt = ports.clock.now();
  try {
    cluster = await ports.eks.describeCluster(scope, { name: item.name });
  } catch (error) {
    if (isNotFound(error)) return markGone(ports, item, undefined, describedAt);
    if (!isDenied(error)) throw error;
    await markUnreachable(ports, item, `${errorName(error)}: ${errorMessage(error)}`);
    return 'denied';
  }
  const key = clusterKey(cluster.arn, cluster.createdAt);
  let patching: Promise<boolean> | undefined;
  const patchesAddons = () => {
    patching ??= hasPatchOfAddons(ports.table);
    return patching;
  };
  const look = () => {
    const reader = batched(ports.table);
    return Promise.all([
      load(reader, Configs, 'Fleet', FLEET),
      load(reader, Clusters, key),
      load(reader, Images, item.region),
    ]);
  };
  const first = await look();
  const [, known] = first;
  // Earlier clusters of its name are marked as gone before it enters the inventory. Later looks then need not search for them.
  if (known === undefined || known.data.deletedAt !== undefined) await markGone(ports, item, key);
  let seen = known && first;
  return changeAndTell<'recorded' | 'unchanged'>(ports, async (now) => {
    const [applied, read, releases] = seen ?? (await look());
    seen = undefined;
    const fleet = fleetSpec(applied?.data);
    const details = { ...item, fleet, patchesAddons, images: releases?.data, now };
    const observe = () => observeCluster(ports.eks, scope, cluster, read?.data, details);
    let record = await observe();
    // Somebody may have recorded it since it was described. It is described again, so that a record never replaces a newer one.
    if (read !== undefined && differs(read.data, record)) {
      const before = cluster;
      describedAt = ports.clock.now();
      cluster = await ports.eks.describeCluster(scope, { name: item.name });
      if (!isSame(before, cluster)) record = await observe();
    }
    const material = read === undefined || differs(read.data, record);
    if (!material && isSeenLately(read.data.lastSeenAt, now)) return { result: 'unchanged' as const };
    const name = { account: item.account, region: item.region, name: item.name, clusterKey: key };
    const isKnown = read !== undefined && read.data.lastSeenAt !== NEVER;
    const isNews = !isKnown || (material && (await isNewsForPlans(ports, read.data, record)));
    const isAsked = read !== undefined && !isSame(read.data.tags, record.tags) && (await hasExpressions(ports.table));
    const writes = [replace(Clusters, read, record)];
    if (read === undefined) writes.push(put(ClusterNames, name, 'absent'));
    // The labels follow the Fleet that was read, so it must not change: applying another Fleet relabels only the clusters that are recorded.
    const { tags, labels } = record;
    const isLabeled = !isSame({ tags: read?.data.tags, labels: read?.data.labels }, { tags, labels });
    if (isLabeled) writes.push(unchanged(Configs, applied, 'Fleet', FLEET));
    const isRelabeled = fleet !== undefined && read !== undefined && isLabeled;
    const counted = isRelabeled ? await countLabels(ports.table, record, fleet) : { writes: [], record: [] };
    if (isNews) writes.push(await writeMark(ports.table, now));
    const result = material ? ('recorded' as const) : ('unchanged' as const);
    const told = news(read?.data, record, fleet === undefined || isAsked ? EACH_TAG : fleet);
    const left = read === undefined ? undefined : await leftByOthers(ports.table, read.data, record, now, describedAt);
    return {
      result,
      writes: [...writes, ...counted.writes, ...(left?.writes ?? [])],
      record: [...(left?.record ?? []), ...told, ...counted.record],
      events: (changes) => left?.events(changes) ?? [],
    };
  });
}

/** Records a cluster whose tags differ from those of the inventory, since labels, caps, waves and windows follow its tags. */
export async function recordTags(
  ports: RecordPorts,
  { account, region, name, tags }: ClusterRecord,
  seen: Pick<Cluster, 'tags'>,
): Promise<void> {
  if (!isSame(seen.tags ?? {}, tags)) await recordCluster(ports, { account, region, name, depth: 'shallow' });
}

type Steering = Pick<FleetSpec, 'tagPrefix' | 'labels'>;
const EACH_TAG: Steering = { tagPrefix: '', labels: { fromTags: {} } };

/**
 * The changes that the audit records: a new cluster, a new version, plans of AWS, which cannot be asked for again, and every change of tags that
 * steer Liftlock or give labels. Every tag counts while no Fleet can be read, or while expressions may ask for it.
 */
function news(before: ClusterRecord | undefined, after: ClusterRecord, { tagPrefix, labels }: Steering): AuditEntry[] {
  const giving = Object.values(labels.fromTags);
  const steers = (tag: string) => tag.toLowerCase().startsWith(tagPrefix.toLowerCase()) || giving.includes(tag);
  const steering = (record: ClusterRecord | undefined) =>
    Object.fromEntries(Object.entries(record?.tags ?? {}).filter(([tag]) => steers(tag)));
  const entry = (event: string, detail: AuditEntry['detail']) => auditEntry(after.clusterKey, event, LIFTLOCK, detail);
  if (before === undefined) return [entry('ClusterDiscovered', { version: after.version, tags: steering(after) })];
  const entries: AuditEntry[] = [];
  if (before.version !== after.version)
    entries.push(entry('VersionObserved', { version: after.version, before: before.version }));
  if (JSON.stringify(steering(before)) !== JSON.stringify(steering(after)))
    entries.push(entry('TagsObserved', { tags: steering(after), before: steering(before) }));
  if (!isSame(before.plannedChanges, after.plannedChanges))
    entries.push(entry('PlannedChangesObserved', { changes: after.plannedChanges, before: before.plannedChanges }));
  return entries;
}

/** A new time of observation alone is no change. */
function differs(before: ClusterRecord, after: ClusterRecord): boolean {
  return !isSame({ ...before, lastSeenAt: after.lastSeenAt }, after);
}

/**
 * Every step of an upgrade changes node groups, add-ons and insights. They decide nothing about membership or waiting, unless an expression of a
 * policy asks for them, because turns are read anew each time. The hourly full look sees them for the order by risk and for the traits of failures.
 */
async function isNewsForPlans({ table }: RecordPorts, before: ClusterRecord, after: ClusterRecord): Promise<boolean> {
  const { nodegroups, addons, insights, platformVersion, partsChangedAt, changesTold } = after;
  return (
    differs({ ...before, nodegroups, addons, insights, platformVersion, partsChangedAt, changesTold }, after) ||
    hasExpressions(table)
  );
}

async function hasPatchOfAddons(table: RecordPorts['table']): Promise<boolean> {
  const policies = await loadAppliedConfigs(table, 'UpgradePolicy');
  return policies.some((policy) => upgradePolicy(policy)?.spec.patch?.addons !== undefined);
}

async function hasExpressions(table: RecordPorts['table']): Promise<boolean> {
  const policies = await loadAppliedConfigs(table, 'UpgradePolicy');
  return policies.some(({ document }) => JSON.stringify(document).includes('"when":'));
}

/** Marks the records of this name that are not the cluster which exists now: it was deleted, or deleted and recreated. */
async function markGone(
  ports: RecordPorts,
  item: ClusterItem,
  living: string | undefined,
  describedAt?: Date,
): Promise<'gone'> {
  for (const record of await loadRecordsOfName(ports.table, item)) {
    if (record.clusterKey === living || record.deletedAt !== undefined) continue;
    // It was created since EKS was asked, and somebody else has recorded it.
    if (describedAt !== undefined && record.createdAt > describedAt.toISOString()) continue;
    await changeRecord(ports, record.clusterKey, 'ClusterGone', (read) => ({
      ...read.data,
      deletedAt: ports.clock.now().toISOString(),
    }));
  }
  return 'gone';
}

/** A denied cluster is not gone: its record stays, and nothing touches it until it can be read again. */
async function markUnreachable(ports: RecordPorts, item: ClusterItem, why: string): Promise<void> {
  for (const record of await loadRecordsOfName(ports.table, item)) {
    if (record.deletedAt !== undefined) continue;
    await becomesUnreachable(ports, record.clusterKey, why, item.planned);
  }
}

export function becomesUnreachable(
  ports: Pick<RecordPorts, 'table' | 'clock'>,
  key: string,
  why: string,
  planned?: ClusterItem['planned'],
): Promise<void> {
  const now = ports.clock.now();
  // AWS announces a planned change once, so it is recorded even when the cluster cannot be read.
  return changeRecord(ports, key, 'ClusterUnreachable', ({ data }) => ({
    ...unreachable(data, why, now),
    ...changesAfter(data, { planned, now }),
  }));
}

function unreachable(record: ClusterRecord, why: string, now: Date): ClusterRecord {
  const before = record.conditions.find((condition) => condition.type === 'Reachable');
  const lastTransitionTime = before?.status === 'False' ? before.lastTransitionTime : now.toISOString();
  const condition = {
    type: 'Reachable',
    status: 'False' as const,
    reason: 'Denied',
    message: `It cannot be read: ${sentence(why)} ${LOOK_AT_ACCESS}`,
    lastTransitionTime,
  };
  return { ...record, conditions: [...record.conditions.filter((other) => other.type !== 'Reachable'), condition] };
}

async function changeRecord(
  ports: Pick<RecordPorts, 'table' | 'clock'>,
  key: string,
  event: string,
  next: (read: Read<ClusterRecord>) => ClusterRecord,
): Promise<void> {
  const isChanged = await change(ports, async () => {
    const read = await load(ports.table, Clusters, key);
    if (read === undefined) return { result: false };
    const record = next(read);
    if (JSON.stringify(record) === JSON.stringify(read.data)) return { result: false };
    const detail = { conditions: record.conditions, deletedAt: record.deletedAt };
    const writes = [replace(Clusters, read, record)];
    return { result: true, writes, record: [{ subject: key, event, principal: LIFTLOCK, detail }] };
  });
  // Not in the transaction: discovery changes the clusters of a whole Region side by side, and their transactions would meet at the mark.
  if (isChanged) await markDirty(ports);
}
