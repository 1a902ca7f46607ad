import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { LatestScans } from '../contracts/items/scan.ts';
import { CONTRACT } from '../contracts/step-input.ts';
import { sha256Hex } from '../hash/canonical-json.ts';
import { compareTexts } from '../model/compare-texts.ts';
import { startOnce } from '../model/start-once.ts';
import { oldestImage } from '../nodes/managed-groups/image-lag.ts';
import type { Ports } from '../ports/ports.ts';
import { hasPins, isPatchOverdue, type Patches, patchesOf, pinsOf } from '../rollout/candidates.ts';
import { targetIn } from '../rollout/cluster-target.ts';
import { hasLostWaiver } from '../rollout/hop-blockers.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { countVerdicts, isOutlived, nextMinor, readinessIn } from '../rollout/readiness.ts';
import { clustersNow, type FleetSnapshot, policyMatch } from '../rollout/snapshot.ts';
import { loadRun } from '../scan/fleet/run-store.ts';
import { writeUnrecorded } from '../store/change.ts';
import { ReadinessDays } from '../store/entities.ts';
import { batched, isContention, load, loadKind, put } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { isCovered } from '../version/support-calendar.ts';
import { HISTORY_MILLISECONDS } from './readiness-history.ts';
import { type TellPorts, tellOwners } from './tell-owners.ts';

export type RefreshPorts = TellPorts & Pick<Ports, 'executions'>;

/** The whole fleet in twenty hours, so that looks of an hour that fail are repeated within the day. */
const HOURS = 20;
const HOUR = 3_600_000;
/** Where the last report is older, later looks have left none. */
const HOURS_WITH_REPORT = HOURS + 3;
/** Looks begin within this time, and EKS may take twenty minutes more to refresh its insights: so the next hour finds their reports. */
export const SPREAD = 40 * 60_000;
/**
 * The most looks an hour in one account and Region. Each takes some 23 calls to EKS, so they stay under five calls a second wherever they run. Their
 * start times spread them, because a count of calls would only hold within one Lambda environment.
 */
const MOST_IN_ONE_PLACE = 500;
/** A look that was cut off never tells its end, and its cluster is not to wait for longer than the day allows. */
const HOURS_UNDER_WAY = 3;

interface WhatIsKnown {
  readonly clusters: readonly ClusterRecord[];
  /** By cluster key. */
  readonly scans: ReadonlyMap<string, LatestScans>;
  /** By Region. */
  readonly regions: ReadonlyMap<string, RegionVersions>;
  /**
   * Keys of clusters that are looked at already, and of those whose upgrade runs, which looks by itself. One that waits may do so for weeks: for a
   * window, a person, a permission of its undo.
   */
  readonly busy: ReadonlySet<string>;
}

/**
 * The looks of the next hour, spread over most of it: for clusters without a look for their next minor (a version has appeared, the cluster has moved, a
 * waiver has ended) or with other parts since then (a node group, an add-on), and for those with the oldest looks. Each has its earliest time.
 */
export function dueScans({ clusters, scans, regions, busy }: WhatIsKnown, now: Date) {
  const asked = clusters.flatMap((cluster) => {
    const target = cluster.unsupported === undefined ? nextMinor(cluster, regions.get(cluster.region)) : undefined;
    if (target === undefined) return [];
    const last = scans
      .get(cluster.clusterKey)
      ?.scans.find((one) => one.target === target.toString() && !isOutlived(cluster, one) && !hasLostWaiver(one, now));
    return [{ cluster, target, last, scannedAt: last?.scannedAt ?? '' }];
  });
  const lost = new Date(now.getTime() - HOURS_WITH_REPORT * HOUR).toISOString();
  const isSoon = ({ cluster, scannedAt }: (typeof asked)[number]) =>
    scannedAt < lost || scannedAt < (cluster.partsChangedAt ?? '');
  const idle = asked
    .filter(({ cluster }) => !busy.has(cluster.clusterKey))
    .sort((a, b) => compareTexts(a.scannedAt, b.scannedAt) || compareTexts(a.cluster.clusterKey, b.cluster.clusterKey));
  // Looks that leave no report, as where an account denies access, are repeated each hour. They take turns, and nobody else's place.
  const most = Math.ceil(asked.length / HOURS);
  const soon = idle.filter(isSoon);
  const others = idle.filter((one) => !isSoon(one));
  const inTurn = (all: typeof idle, count: number) => {
    const first = (hourOf(now) * most) % Math.max(1, all.length);
    return [...all.slice(first), ...all.slice(0, first)].slice(0, count);
  };
  const turns = inTurn(soon, most);
  const old = inTime(others, most, now);
  const due = new Set(old);
  const unread = others.filter((one) => !due.has(one) && mayReadMore(one.last, now));
  // Last, so that they take no place of the others in an account and Region.
  const again = inTurn(unread, most - turns.length);
  const places = Map.groupBy(
    [...turns, ...old, ...again],
    ({ cluster: { account, region } }) => `${account} ${region}`,
  );
  return [...places.values()].flatMap((place) => {
    const taken = place.slice(0, MOST_IN_ONE_PLACE);
    return taken.map(({ cluster, target }, index) => {
      return { cluster, target, notBefore: new Date(now.getTime() + Math.floor((index * SPREAD) / taken.length)) };
    });
  });
}

/**
 * Whether a look that could not read everything is repeated before its day is over, since what kept it from that may have passed: after one hour, two,
 * four and so on, and then daily. Of a minor newer than its data this release reads no more.
 */
function mayReadMore(last: LatestScans['scans'][number] | undefined, now: Date): boolean {
  if (last?.gapsSince === undefined || !isCovered(KubeVersion.parse(last.target))) return false;
  const at = hourOf(new Date(last.scannedAt));
  return hourOf(now) - at >= Math.max(1, at - hourOf(new Date(last.gapsSince)));
}

type DueScan = ReturnType<typeof dueScans>[number];

const hourOf = (instant: Date): number => Math.floor(instant.getTime() / HOUR);

/**
 * Those that have to be looked at now for each to be looked at anew by its time, at `most` an hour. Where somebody had the whole fleet scanned at
 * once, the first ones begin long before their time. Looks of one hour are repeated in an order that is another one each hour, so that one which
 * leaves no report keeps no place.
 */
function inTime<One extends { readonly cluster: ClusterRecord; readonly scannedAt: string }>(
  looked: readonly One[],
  most: number,
  now: Date,
): readonly One[] {
  const present = hourOf(now);
  const youngestFirst = looked
    .map((one) => {
      const order = sha256Hex(`${present} ${one.cluster.clusterKey}`);
      // After twenty whole hours, so that EKS refreshes its insights for each of these looks (core/steps/refresh-insights.ts).
      return { one, hour: hourOf(new Date(one.scannedAt)) + HOURS + 1, order };
    })
    .sort((a, b) => b.hour - a.hour || compareTexts(a.order, b.order));
  const due: One[] = [];
  let [hour, left] = [Number.POSITIVE_INFINITY, 0];
  for (const { one, hour: own } of youngestFirst) {
    if (own < hour) [hour, left] = [own, most];
    else if (left === 0) [hour, left] = [hour - 1, most];
    left -= 1;
    if (hour <= present) due.push(one);
  }
  return due.reverse().slice(0, most);
}

/** The looks of the next hour without those for clusters of which an earlier one still reads objects; others take their places. */
async function notUnderWay(ports: Pick<RefreshPorts, 'table' | 'executions'>, known: WhatIsKnown, now: Date) {
  const busy = new Set(known.busy);
  const asked = new Set<string>();
  for (;;) {
    const due = dueScans({ ...known, busy }, now);
    const unasked = due.filter(({ cluster }) => !asked.has(cluster.clusterKey));
    if (unasked.length === 0) return due;
    const reader = batched(ports.table);
    await Promise.all(
      unasked.map(async (one) => {
        asked.add(one.cluster.clusterKey);
        if (await isUnderWay(reader, ports.executions, one, now)) busy.add(one.cluster.clusterKey);
      }),
    );
  }
}

async function isUnderWay(
  reader: Pick<RefreshPorts['table'], 'get'>,
  executions: RefreshPorts['executions'],
  one: DueScan,
  now: Date,
): Promise<boolean> {
  const runs = Array.from({ length: HOURS_UNDER_WAY }, (_, index) => {
    const name = lookName(one, new Date(now.getTime() - (index + 1) * HOUR));
    return loadRun(reader, executions.arnFor('scan-cluster', name));
  });
  return (await Promise.all(runs)).some((run) => run?.data.status === 'running');
}

/** The name of the execution that looks at a cluster in an hour. */
const lookName = ({ cluster, target }: Pick<DueScan, 'cluster' | 'target'>, at: Date): string =>
  `readiness-${sha256Hex(`${cluster.clusterKey} ${target}`).slice(0, 16)}-${at.toISOString().slice(0, 13)}`;

/** Counts the verdicts of today's clusters, for the trend of the fleet. A parallel run has counted the same. */
async function keepDay(
  { table, clock }: Pick<Ports, 'table' | 'clock'>,
  clusters: readonly ClusterRecord[],
  scans: WhatIsKnown['scans'],
  snapshot: FleetSnapshot,
): Promise<void> {
  // Before the first discovery nobody knows how many are ready: zeros would say that there are none.
  if (clusters.length === 0) return;
  const now = clock.now();
  const at = now.toISOString();
  const verdicts = clusters.map(
    (cluster) => readinessIn(snapshot, cluster, { scans: scans.get(cluster.clusterKey), now }).verdict,
  );
  const day = { date: at.slice(0, 10), at, counts: countVerdicts(verdicts) };
  const before = await load(table, ReadinessDays, day.date);
  const expiresAt = new Date(now.getTime() + HISTORY_MILLISECONDS);
  try {
    await writeUnrecorded(table, [put(ReadinessDays, day, before?.revision ?? 'absent', expiresAt)]);
  } catch (error) {
    if (!isContention(error)) throw error;
  }
}

/** What the policy of each cluster wants newer inside its minor, by the cluster's key. */
function patchesIn(snapshot: FleetSnapshot, clusters: readonly ClusterRecord[], now: Date): Map<string, Patches> {
  return new Map(
    clusters.map((cluster) => {
      const match = policyMatch(snapshot, cluster);
      const spec = match.type === 'one' ? match.policy.spec : undefined;
      return [cluster.clusterKey, patchesOf(snapshot, cluster, spec, targetIn(snapshot, cluster, now), now)];
    }),
  );
}

/** How many clusters have something newer to take by their policy, how many are overdue, and the days of the oldest image of the fleet. */
function patchCounts(
  snapshot: FleetSnapshot,
  clusters: readonly ClusterRecord[],
  patches: readonly Patches[],
  now: Date,
) {
  const made = clusters.flatMap(
    (cluster) => oldestImage(cluster, snapshot.images?.get(cluster.region))?.getTime() ?? [],
  );
  return {
    behind: patches.filter((one) => hasPins(pinsOf(one))).length,
    overdue: patches.filter((one) => isPatchOverdue(one, now)).length,
    oldestImageDays: Math.floor((now.getTime() - Math.min(now.getTime(), ...made)) / (24 * HOUR)),
  };
}

/**
 * Starts the looks of the next hour, each at its time, and notifies owners of earlier results. Looks change nothing, take no grant, and are not
 * started twice in one hour, nor beside one that reads for longer.
 */
export async function refreshReadiness(ports: RefreshPorts) {
  const { table, clock, executions } = ports;
  const now = clock.now();
  const [snapshot, latest] = await Promise.all([
    table.queryActive().then((active) => loadSnapshot(table, active, 'fleet')),
    loadKind(table, LatestScanItems),
  ]);
  const clusters = clustersNow(snapshot);
  const scans = new Map(latest.map((one) => [one.clusterKey, one]));
  const running = snapshot.upgrades.filter(({ status }) => status === 'Running');
  const busy = new Set(running.map(({ clusterKey }) => clusterKey));
  const due = await notUnderWay(ports, { clusters, scans, regions: snapshot.regions, busy }, now);
  for (const one of due) {
    const { cluster, target, notBefore } = one;
    await startOnce(executions, 'scan-cluster', lookName(one, now), {
      ...{ contract: CONTRACT, cluster: cluster.arn, targetVersion: target.toString() },
      ...{ notBefore: notBefore.toISOString(), comment: 'Daily readiness' },
    });
  }
  await keepDay(ports, clusters, scans, snapshot);
  const patches = patchesIn(snapshot, clusters, now);
  // This comes last, so that an address that does not answer delays no look.
  const told = await tellOwners(ports, snapshot, clusters, scans, patches);
  return { started: due.length, patches: patchCounts(snapshot, clusters, [...patches.values()], now), ...told };
}
