import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { LatestScans, ScanCause } from '../contracts/items/scan.ts';
import { readCode } from '../contracts/reasons.ts';
import { shortId } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import { comparedHopId, isRollback } from '../model/hop.ts';
import { groupsBehind } from '../model/lag.ts';
import type { Ports } from '../ports/ports.ts';
import { worsened } from '../probes/is-worse.ts';
import { comparisonOf } from '../probes/probe-verdict.ts';
import { ownerOf, ownersOf } from '../readiness/owner-news.ts';
import { hasPins, patchesOf, pinsOf } from '../rollout/candidates.ts';
import { type FollowingNodes, followingNodes } from '../rollout/following-nodes.ts';
import { stoppersOf, toMend } from '../rollout/hop-blockers.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { lookedIn, nextMinor } from '../rollout/readiness.ts';
import { clustersNow, type FleetSnapshot, nodesIn } from '../rollout/snapshot.ts';
import { blockersOf } from '../scan/fleet/decide-hop.ts';
import { hasMore, isDrain, loadReport, scansOf } from '../scan/fleet/report-store.ts';
import { Upgrades } from '../store/entities.ts';
import { batched, load, loadKind } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { activeUpgrade } from './cluster-summary.ts';
import { type Explanation, explainCluster } from './explain-cluster.ts';
import { type SupportView, supportView } from './support-view.ts';

/** One thing that its owner has to mend in one cluster. */
interface Repair {
  readonly cluster: string;
  readonly version: string;
  /** The first minor that the repair is needed for. */
  readonly target: string;
  readonly cause: string;
  /** Whether it stops the hop to that minor; otherwise it is a warning. */
  readonly stops: boolean;
  /** The finding in words, where there are any. */
  readonly what: string | null;
  readonly fixes: readonly string[];
  /** Since when the finding is known. */
  readonly since: string | null;
}

export interface OwnedRepair extends Repair {
  /**
   * When the cluster can begin to go to that minor at the earliest, as `explain` says it; null = no instant is known, or the cluster waits for
   * something else.
   */
  readonly opensAt: string | null;
  readonly deadline: SupportView['deadline'];
  /** The earlier of opening and deadline: by then it should be mended. */
  readonly before: string | null;
}

/** What one owner has to mend in the whole fleet, the most urgent first. */
export type OwnerReport = Awaited<ReturnType<typeof ownerReport>>;

/** For how many clusters the opening is asked, since each takes a decision of its own. */
const MOST_OPENINGS = 50;
/** At most this many items, since an answer of a function holds 6 MB. */
const MOST_ITEMS = 1_000;
/** EKS's own name for a roll that a PodDisruptionBudget has stopped. */
const NOT_EVICTED = readCode('PodEvictionFailure');

export async function ownerReport(ports: Pick<Ports, 'table' | 'clock'>, owner: string) {
  const now = ports.clock.now();
  const [snapshot, latest] = await Promise.all([
    ports.table.queryActive().then((active) => loadSnapshot(ports.table, active, 'fleet')),
    loadKind(ports.table, LatestScanItems),
  ]);
  const scans = new Map(latest.map((one) => [one.clusterKey, one]));
  const living = clustersNow(snapshot);
  const own = living.filter((cluster) => ownerOf(cluster) === owner);
  const isCut = ({ clusterKey, version }: ClusterRecord): boolean =>
    scans.get(clusterKey)?.scans.some((one) => one.from === version && hasMore(one)) === true;
  const verdictOf = (cluster: ClusterRecord) =>
    lookedIn(snapshot, cluster, { scans: scans.get(cluster.clusterKey), now }).verdict;
  const unseen = own.filter((cluster) => ['incomplete', 'stale'].includes(verdictOf(cluster)));
  const unknown = new Set([...unseen, ...living.filter(isCut)]);
  for (const { clusterKey, version } of living) {
    const [known, held] = [scans.get(clusterKey), snapshot.controls.get(clusterKey)?.held];
    if (known !== undefined && held?.reason.code === NOT_EVICTED)
      scans.set(clusterKey, { ...known, ...(await withWaivedDrains(ports.table, known, version)) });
  }
  // Thousands of clusters may be held, or have nodes that are too old.
  const reader = batched(ports.table);
  const worse = new Map(
    await Promise.all(living.map(async (one) => [one, await worseIn(reader, snapshot, one, owner)] as const)),
  );
  const following = new Map(
    await Promise.all(living.map(async (one) => [one, await followingNodes(reader, snapshot, one)] as const)),
  );
  const affected = living.flatMap((cluster) => {
    const known = { latest: scans.get(cluster.clusterKey), follow: following.get(cluster) };
    const scanned = repairsOf(snapshot, cluster, known, owner, now);
    const repairs = [...(worse.get(cluster) ?? []), ...scanned];
    const { deadline } = supportView(cluster, snapshot.regions.get(cluster.region), now);
    return repairs.length === 0 ? [] : [{ cluster, repairs, deadline }];
  });
  // Clusters with the least time left are asked about first.
  affected.sort((a, b) => earlier(a.deadline?.at, b.deadline?.at));
  const items: OwnedRepair[] = [];
  for (const [index, { cluster, repairs, deadline }] of affected.entries()) {
    const explained = index < MOST_OPENINGS ? await explainCluster(ports, cluster, snapshot) : undefined;
    for (const one of repairs) {
      const opensAt = explained === undefined ? null : openingTo(one.target, explained, now);
      const [before = null] = [opensAt, deadline?.at].flatMap((at) => at ?? []).sort();
      items.push({ ...one, opensAt, deadline, before });
    }
  }
  items.sort((a, b) => Number(b.stops) - Number(a.stops) || earlier(a.before, b.before));
  const left = Math.max(0, items.length - MOST_ITEMS);
  return {
    owner,
    items: items.slice(0, MOST_ITEMS),
    /** How many more items there are for which the answer has no room. */
    left,
    /** How many clusters the owner has. */
    clusterCount: own.length,
    /**
     * Clusters of which too little is known: those of the owner that were not looked at lately, or not in full, and all where more was found than lists
     * have room for.
     */
    unknown: [...unknown].map(shortId).sort(),
  };
}

/** The opening, if the cluster then goes to the minor that the repair is for. It may also wait for something else, as where its nodes are finished. */
function openingTo(target: string, { version, hops, upgrade, when }: Explanation, now: Date): string | null {
  // An instant that has passed is when the cluster began, or could have begun: nothing is left to wait for.
  if (when.at === null || Date.parse(when.at) <= now.getTime()) return null;
  const leadsTo = [version, ...hops, ...(upgrade === null || upgrade.endedAt !== null ? [] : [upgrade.to])];
  return leadsTo.includes(target) ? when.at : null;
}

const earlier = (a: string | null | undefined, b: string | null | undefined): number => {
  const [one, other] = [a ?? '~', b ?? '~'];
  return one < other ? -1 : one > other ? 1 : 0;
};

/**
 * What got worse in the last hop of a cluster that is held since, or is being taken back. What a person has released or had tried again is told no more.
 */
async function worseIn(
  table: Pick<Ports['table'], 'get'>,
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  owner: string,
): Promise<Repair[]> {
  const { clusterKey, version } = cluster;
  const active = activeUpgrade(snapshot, clusterKey);
  const id = snapshot.controls.get(clusterKey)?.held?.upgradeId ?? (isRollback(active) ? active?.id : undefined);
  const last = id === undefined ? undefined : (await load(table, Upgrades, clusterKey, id))?.data;
  if (last === undefined) return [];
  const hop = isRollback(last) ? (await load(table, Upgrades, clusterKey, comparedHopId(last)))?.data : last;
  if (hop === undefined) return [];
  return worsened(comparisonOf(hop)?.verdicts ?? [])
    .filter((one) => ownersOf(one, cluster).includes(owner))
    .map(({ code, identity, was, said, since }) => ({
      ...{ cluster: shortId(cluster), version, target: hop.to, cause: code, stops: true, since },
      what: `${identity} was ${was} before the hop to ${hop.to}, and was then: ${said}.`,
      fixes: [`What lets the cluster go on says: liftlock explain cluster ${shortId(cluster)}`],
    }));
}

/** The scans with drain findings counted that were waived: the roll for this minor has stopped at a PodDisruptionBudget, whatever a waiver says of it. */
async function withWaivedDrains(table: Ports['table'], { clusterKey, scans }: LatestScans, version: string) {
  const scan = (await scansOf(table, clusterKey)).find(({ target }) => target === version);
  const report = scan && (await loadReport(table, scan));
  if (report === undefined) return {};
  const findings = report.findings.filter((one) => one.waived && isDrain(one));
  const waived = blockersOf({ ...report, findings: findings.map((one) => ({ ...one, waived: false })), coverage: [] });
  const causes = waived.map(({ cause, owner, code, what, fix }): ScanCause => {
    return { cause, ...given({ owner: owner ?? undefined }), severity: 'error', findings: 1, code, what, fixes: [fix] };
  });
  if (causes.length === 0) return {};
  return {
    scans: scans.map((one) =>
      one.target === version ? { ...one, verdict: 'fail' as const, causes: [...one.causes, ...causes] } : one,
    ),
  };
}

/** Whether some part of a cluster has still to come to the minor of its control plane. */
function isHalfWay(snapshot: FleetSnapshot, cluster: ClusterRecord, now: Date): boolean {
  const { policy, target } = clusterPolicy(snapshot, cluster, now);
  const held = snapshot.controls.get(cluster.clusterKey)?.held;
  const begun = [held?.upgradeId, activeUpgrade(snapshot, cluster.clusterKey)?.id];
  return (
    begun.some((id) => id?.endsWith(`-${cluster.version}`)) ||
    groupsBehind(cluster, policy?.spec).length > 0 ||
    hasPins(pinsOf(patchesOf(snapshot, cluster, policy?.spec, target, now)))
  );
}

/** What stops each hop that was looked at, and what its scan warns of. What two hops have in common is listed once, for the first of them. */
function repairsOf(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  { latest, follow }: { readonly latest: LatestScans | undefined; readonly follow: FollowingNodes | undefined },
  owner: string,
  now: Date,
): Repair[] {
  const current = KubeVersion.parse(cluster.version);
  const next = nextMinor(cluster, snapshot.regions.get(cluster.region));
  const nodes = nodesIn(snapshot, cluster);
  const { versions = [] } = snapshot.regions.get(cluster.region) ?? {};
  // Nobody has to mend what is in the way of a minor that EKS does not offer.
  const scanned = (latest?.scans ?? [])
    .filter(({ target }) => target === cluster.version || versions.some(({ version }) => version === target))
    .map(({ target }) => KubeVersion.parse(target));
  const least = isHalfWay(snapshot, cluster, now) ? current : current.next();
  const ahead = [...(next === undefined ? [] : [next]), ...scanned].filter((one) => !one.isOlderThan(least));
  const targets = [...new Map(ahead.map((one) => [one.toString(), one])).values()];
  const isOwn = (one: Parameters<typeof ownersOf>[0]): boolean => ownersOf(one, cluster).includes(owner);
  const found = new Map<string, Repair>();
  for (const target of targets.sort((a, b) => (a.isOlderThan(b) ? -1 : 1))) {
    const causes = latest?.scans.find((one) => one.target === target.toString())?.causes ?? [];
    const of = { cluster: shortId(cluster), version: cluster.version, target: target.toString() };
    const isFirst = target.equals(current.next());
    const stopping = toMend(stoppersOf(cluster, latest, target, isFirst, nodes, now), follow).filter(isOwn);
    for (const { cause, owner: whose, reason } of stopping) {
      const told = causes.find((one) => one.cause === cause && one.owner === whose);
      // What brings the nodes up takes the place of the scan's advice.
      const words = reason === follow?.reason ? { ...wordsOf(told), what: null, fixes: [] } : wordsOf(told);
      const what = words.what ?? reason.message;
      const repair = { ...of, stops: true, ...words, cause: told === undefined ? reason.code : cause, what };
      const id = JSON.stringify([cause, whose]);
      if (found.get(id)?.stops !== true) found.set(id, repair);
    }
    for (const one of causes.filter(({ severity }) => severity !== 'info').filter(isOwn)) {
      const id = JSON.stringify([one.cause, one.owner]);
      if (!found.has(id)) found.set(id, { ...of, cause: one.cause, stops: false, ...wordsOf(one) });
    }
  }
  return [...found.values()];
}

const wordsOf = (told: ScanCause | undefined) => ({
  what: told?.what ?? null,
  fixes: told?.fixes ?? [],
  since: told?.since ?? null,
});
