import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { ClusterNews, OwnerNotice } from '../contracts/items/owner-news.ts';
import type { ReadinessHistory } from '../contracts/items/readiness-history.ts';
import type { LatestScans } from '../contracts/items/scan.ts';
import { transactionProblem } from '../contracts/table-schema.ts';
import { batchesOf } from '../model/batches.ts';
import { scanWaivers } from '../policy/applied.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import type { Patches } from '../rollout/candidates.ts';
import { targetIn } from '../rollout/cluster-target.ts';
import { followingNodes } from '../rollout/following-nodes.ts';
import { openingsOf } from '../rollout/openings.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { latestScansOf, loadReport } from '../scan/fleet/report-store.ts';
import { waiverText } from '../scan/report/build-report.ts';
import { writeUnrecorded } from '../store/change.ts';
import {
  ClusterNewsItems,
  loadMemberIn,
  OWNER_NOTICES,
  OwnerNotices,
  ReadinessHistories,
  Rollouts,
} from '../store/entities.ts';
import { batched, decode, isContention, load, put, type Read, replace } from '../store/entity.ts';
import { ScanSummaries } from '../store/scan-entities.ts';
import { announcementOf, type Withdrawal } from './announcements.ts';
import { type ClusterTold, newsOf, type Owner } from './owner-news.ts';
import { HISTORY_MILLISECONDS, historyAfter, type LookOfHistory } from './readiness-history.ts';

export type TellPorts = Pick<Ports, 'table' | 'clock' | 'events' | 'addresses'>;

/** The operations of one transaction; a cluster has at most some twenty owners. */
const MOST_WRITES = 70;
/** How long a sent notice is kept, so that a repeated one is recognized. */
const KEPT_MILLISECONDS = 2 * 86_400_000;
/** The most news of one event, and the bytes of their JSON: EventBridge and SNS take 256 KB, and the notice is in it, too. */
const MOST_NEWS = 200;
const MOST_BYTES = 120_000;
/** How many notices are sent at once, since one address may take ten seconds. */
const AT_ONCE = 10;

/**
 * Notifies owners of changes since the previous look, one notice for each owner. The notice is recorded with the change, and then sent: after a run
 * that dies in between the next one sends it, and a change is never found twice.
 */
export async function tellOwners(
  ports: TellPorts,
  snapshot: FleetSnapshot,
  clusters: readonly ClusterRecord[],
  scans: ReadonlyMap<string, LatestScans>,
  patches: ReadonlyMap<string, Patches>,
): Promise<{ readonly told: number; readonly refused: number }> {
  const { table, clock } = ports;
  const now = clock.now();
  const kept = new Map(
    (await table.queryKind(ClusterNewsItems.kind)).map((item) => [item.pk, decode(ClusterNewsItems, item)]),
  );
  // A cluster that is gone is closed in its history.
  const gone = [...snapshot.clusters.values()].filter(({ deletedAt }) => deletedAt !== undefined);
  const openings = openingsOf(snapshot, now);
  const reader = batched(table);
  const looks = [...clusters, ...gone].map(async (cluster): Promise<Found[]> => {
    const { clusterKey } = cluster;
    const before = kept.get(ClusterNewsItems.key(clusterKey).pk);
    const [region, opening, announced] = [
      snapshot.regions.get(cluster.region),
      openings.get(clusterKey),
      before?.data.announced,
    ];
    // The upgrade begins, or its announcement is taken back: of a whole wave at once, where that opens or its rollout is aborted.
    const withdrawal =
      announced === undefined || opening?.at !== undefined
        ? undefined
        : await withdrawalOf(reader, announced.rolloutId, clusterKey);
    const announcement = announcementOf(cluster, announced, opening, withdrawal, now);
    const target = targetIn(snapshot, cluster, now);
    const known = { scans: scans.get(clusterKey), region, target, before: before?.data, announcement, now };
    const follow = await followingNodes(reader, snapshot, cluster);
    const told = newsOf({ cluster, ...known, follow, patches: patches.get(clusterKey) });
    return told === undefined ? [] : [{ before, ...told }];
  });
  const found = (await Promise.all(looks)).flat();
  for (const [index, batch] of inTransactions(found).entries())
    await keep(ports, batch, `${now.toISOString()}/${index}`);
  return sendOutstanding(ports, snapshot);
}

async function withdrawalOf(
  table: Pick<TellPorts['table'], 'get' | 'getAll'>,
  rolloutId: string,
  clusterKey: string,
): Promise<Withdrawal> {
  const rollout = (await load(table, Rollouts, rolloutId))?.data;
  return { rollout, member: rollout && (await loadMemberIn(table, rollout, clusterKey)) };
}

type Found = ClusterTold & { readonly before: Read<ClusterNews> | undefined };

/** Grouped by owner, so that related news is in one notice. */
function inTransactions(found: readonly Found[]): Found[][] {
  const ownerOfFirst = ({ news }: Found): string => news[0]?.owner ?? '';
  const batches: Found[][] = [];
  let writes = MOST_WRITES;
  for (const one of [...found].sort((a, b) => (ownerOfFirst(a) < ownerOfFirst(b) ? -1 : 1))) {
    const more = 2 + one.news.length;
    if (writes + more > MOST_WRITES) {
      batches.push([]);
      writes = 0;
    }
    batches.at(-1)?.push(one);
    writes += more;
  }
  return batches;
}

/** A parallel run that has written one of these meanwhile sends it. */
async function keep(ports: TellPorts, batch: readonly Found[], run: string): Promise<void> {
  const { table, events, clock } = ports;
  const byOwner = Map.groupBy(
    batch.flatMap(({ news }) => news),
    ({ owner }) => owner,
  );
  const notices = [...byOwner].map(([owner, news]): OwnerNotice => {
    return { reference: `news/${run}/${owner ?? ''}`, owner, news: news.map((one) => one.news) };
  });
  try {
    const looks = batch.map(({ look }) => look);
    const writes = [
      ...(await historyWrites(table, looks, clock.now())),
      ...batch.map(({ before, kept }) => replace(ClusterNewsItems, before, kept)),
      ...notices.map((notice) => put(OwnerNotices, notice, 'absent')),
    ];
    // Many clusters that are full of long texts of others are more than one transaction takes.
    if (batch.length > 1 && transactionProblem(writes) !== undefined) {
      const half = Math.ceil(batch.length / 2);
      await keep(ports, batch.slice(0, half), `${run}/0`);
      return await keep(ports, batch.slice(half), `${run}/1`);
    }
    await writeUnrecorded(table, writes);
  } catch (error) {
    if (isContention(error)) return;
    throw error;
  }
  const news = batch.flatMap(({ event }) => event ?? []);
  if (news.length > 0) await events.publish(news);
}

/** Sends the notices of this run, and of a run that died before it had sent all: one to each owner, however many transactions they were kept in. */
async function sendOutstanding(ports: TellPorts, { fleet }: FleetSnapshot) {
  const items = await ports.table.queryPartition(OWNER_NOTICES);
  const waiting = items.map((item) => decode(OwnerNotices, item)).filter(({ data }) => data.sentAt === undefined);
  const owners = [...Map.groupBy(waiting, ({ data }) => data.owner)];
  let refused = 0;
  for (const batch of batchesOf(owners, AT_ONCE)) {
    const answers = await Promise.all(batch.map(([owner, own]) => send(ports, fleet, owner, own)));
    refused += answers.filter((answer) => answer !== undefined).length;
  }
  return { told: owners.length, refused };
}

/** Sends to the owner's address, or else to the topic of the hub. Returns why the address refused it; undefined = nothing is wrong. */
async function send(
  { table, events, addresses, clock }: TellPorts,
  fleet: FleetSnapshot['fleet'],
  owner: Owner,
  notices: readonly Read<OwnerNotice>[],
): Promise<string | undefined> {
  const detail = { version: 1 as const, owner, ...inOneEvent(notices.map(({ data }) => data)) };
  const address = addressOf(fleet, owner);
  const refused = address && (await addresses.send(address, fleet?.allowedHosts ?? [], { type: 'OwnerNews', detail }));
  const sentTo =
    address === undefined || refused !== undefined ? {} : { sentTo: 'topic' in address ? address.topic : 'webhook' };
  await events.publish([
    { type: 'OwnerNews', detail: { ...detail, ...sentTo, ...(refused === undefined ? {} : { refused }) } },
  ]);
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + KEPT_MILLISECONDS);
  const sent = notices.map(({ data, revision }) =>
    put(OwnerNotices, { ...data, news: [], sentAt: now.toISOString() }, revision, expiresAt),
  );
  for (const batch of batchesOf(sent, MOST_WRITES)) await writeUnrecorded(table, batch);
  return refused;
}

/** Thousands of clusters of one owner may change at once: what has no room is counted. */
function inOneEvent(notices: readonly OwnerNotice[]) {
  const [{ reference } = { reference: '' }] = notices;
  const all = notices.flatMap(({ news }) => news);
  const [news = []] = batchesOf(all, MOST_NEWS, MOST_BYTES);
  const others = Map.groupBy(all.slice(news.length), ({ what }) => what);
  const more = Object.fromEntries([...others].map(([what, those]) => [what, those.length]));
  return { reference, news, ...(others.size > 0 && { more }) };
}

function addressOf(fleet: FleetSnapshot['fleet'], owner: Owner) {
  const owners = fleet?.owners ?? {};
  return owner !== null && Object.hasOwn(owners, owner) ? owners[owner] : undefined;
}

/** The writes of looks to the histories of their clusters, which are read only where something has changed. */
async function historyWrites(
  table: Pick<Table, 'get' | 'getAll' | 'queryPartition'>,
  looks: readonly LookOfHistory[],
  now: Date,
): Promise<WriteOperation[]> {
  const items = await table.getAll(looks.map(({ cluster }) => ReadinessHistories.key(cluster.clusterKey)));
  return Promise.all(
    looks.map(async (look, index) => {
      const item = items[index];
      const before = item === undefined ? undefined : decode(ReadinessHistories, item);
      const mayBeWaived = look.cluster.deletedAt === undefined && before?.data.causes.some(isOver(look)) === true;
      const waivedBy = mayBeWaived ? await waivers(table, look) : () => undefined;
      const data = historyAfter(before?.data, look, waivedBy, now);
      const isGone = look.cluster.deletedAt !== undefined;
      const expiresAt = isGone ? new Date(now.getTime() + HISTORY_MILLISECONDS) : undefined;
      return put(ReadinessHistories, data, before?.revision ?? 'absent', expiresAt);
    }),
  );
}

type Cause = ReadinessHistory['causes'][number];

const isOver =
  ({ causes }: LookOfHistory) =>
  ({ cause, owner }: Cause): boolean =>
    causes?.some((one) => one.cause === cause && one.owner === owner) === false;

/** Who applied the waiver that covers a cause, by the whole report of the last scan for its target. */
async function waivers(
  table: Pick<Table, 'get' | 'getAll' | 'queryPartition'>,
  { cluster: { clusterKey } }: LookOfHistory,
): Promise<(cause: Cause) => string | undefined> {
  const latest = (await latestScansOf(table, [clusterKey])).get(clusterKey)?.scans ?? [];
  const applied = new Map(
    (await scanWaivers(table)).map((one) => [waiverText(one.document), one.applied?.by] as const),
  );
  const reports = await Promise.all(
    latest.map(async ({ target, scannedAt }) => {
      const summary = await load(table, ScanSummaries, clusterKey, scannedAt);
      return { target, report: summary && (await loadReport(table, summary.data)) };
    }),
  );
  return ({ cause, target }) => {
    const report = reports.find((one) => one.target === target)?.report;
    const ids = new Set(report?.groups.flatMap((group) => (group.cause === cause ? group.findings : [])));
    const covered = report?.findings.find(({ id, waived }) => waived && ids.has(id));
    // A waiver that was withdrawn since, or that this version cannot read, still was a waiver.
    return covered === undefined ? undefined : (applied.get(covered.waiver ?? '') ?? covered.waiver ?? undefined);
  };
}
