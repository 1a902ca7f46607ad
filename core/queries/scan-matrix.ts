import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { LatestScans, ScanCause } from '../contracts/items/scan.ts';
import { shortId } from '../model/cluster-key.ts';
import type { NodesSpec } from '../model/image-rule.ts';
import type { Ports } from '../ports/ports.ts';
import { ownersOf } from '../readiness/owner-news.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { readinessOfMember, readinessTo, withHold } from '../rollout/readiness.ts';
import { asUpgraded, type FleetSnapshot, nodesIn } from '../rollout/snapshot.ts';
import { matchesSelector } from '../selector/match.ts';
import { loadKind } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { parseLabelSelector } from './label-selector-text.ts';
import { type PageRequest, pageByNumber, shortened } from './page.ts';
import { invalidInput } from './refusal.ts';

/** One cluster in the matrix. A cluster that was never scanned for the target is shown as that, and never as passing. */
export type MatrixRow = ReturnType<typeof rowOf>;

export type ScanMatrix = Awaited<ReturnType<typeof scanMatrix>>;

/** A page of the clusters of a fleet by verdict for one target, with the causes and owners of all of them. */
export async function scanMatrix(
  { table, clock }: Pick<Ports, 'table' | 'clock'>,
  asked: string,
  { selector: selectorText, ...request }: PageRequest & { readonly selector?: string | undefined } = {},
) {
  const target = KubeVersion.tryParse(asked);
  if (target === undefined || !/^\d+\.\d+$/.test(asked))
    throw invalidInput(`target: "${asked.slice(0, 40)}" is no Kubernetes minor. Write it as 1.37.`);
  const selector = selectorText === undefined ? undefined : parseLabelSelector(selectorText);
  const [snapshot, newest] = await Promise.all([
    loadSnapshot(table, await table.queryActive(), 'fleet'),
    loadKind(table, LatestScanItems),
  ]);
  const latest = new Map(newest.map(({ clusterKey, scans }) => [clusterKey, scans]));
  const chosen = [...snapshot.clusters.values()].filter(
    ({ deletedAt, labels }) => deletedAt === undefined && (selector === undefined || matchesSelector(selector, labels)),
  );
  const now = clock.now();
  const found = chosen.map((recorded) => {
    const record = asUpgraded(snapshot, recorded);
    const scans = latest.get(record.clusterKey) ?? [];
    return { cluster: shortId(record), record, scans, scan: scanFor(record, scans, target) };
  });
  const scanned = found.flatMap(({ cluster, record, scan }) =>
    scan === undefined || isThere(record, target)
      ? []
      : scan.causes.map((one): Found => ({ ...one, cluster, chased: ownersOf(one, record) })),
  );
  const { items, ...page } = pageByNumber(found, ({ cluster }) => cluster, request);
  const rows = items.map(({ record, scans, scan }) => rowOf(snapshot, record, scans, { scan, target, now }));
  return {
    target: target.toString(),
    ...shortened({ items: rows, ...page }, ({ cluster }) => cluster),
    ...summed(scanned),
  };
}

const isThere = ({ version }: ClusterRecord, target: KubeVersion): boolean =>
  !KubeVersion.parse(version).isOlderThan(target);

/** The last scan for the target; else one that failed for a minor on the way there, since that minor has to be passed first. */
function scanFor(
  { version }: ClusterRecord,
  scans: LatestScans['scans'],
  target: KubeVersion,
): LatestScans['scans'][number] | undefined {
  const current = KubeVersion.parse(version);
  const isOnTheWay = (minor: KubeVersion): boolean => current.isOlderThan(minor) && minor.isOlderThan(target);
  return (
    scans.find((one) => one.target === target.toString()) ??
    scans.find((one) => one.verdict === 'fail' && isOnTheWay(KubeVersion.parse(one.target)))
  );
}

function rowOf(
  snapshot: FleetSnapshot,
  record: ClusterRecord,
  scans: LatestScans['scans'],
  {
    scan,
    target,
    now,
  }: { readonly scan: LatestScans['scans'][number] | undefined; readonly target: KubeVersion; readonly now: Date },
) {
  const { clusterKey } = record;
  const known = { scans: { clusterKey, scans }, now, nodes: nodesIn(snapshot, record) };
  const unscanned = scans.length === 0 ? ('never' as const) : ('other-target' as const);
  return {
    cluster: shortId(record),
    name: record.name,
    /** The version that the cluster has now. */
    version: record.version,
    /** `never`: there is no scan at all. `other-target`: the last scans were for other minors. `there`: the cluster is at the target, or past it. */
    verdict: isThere(record, target) ? ('there' as const) : (scan?.verdict ?? unscanned),
    /** Whether the cluster may go all the way to the target by what is known now, on every hop and by looks that are young enough; a held one may not. */
    readiness: withHold(readinessFor(record, target, known), record, snapshot.controls.get(clusterKey)).verdict,
    errors: scan?.errors ?? null,
    warnings: scan?.warnings ?? null,
    gaps: scan?.gaps ?? null,
    scannedAt: scan?.scannedAt ?? null,
    /** The version that the cluster had when it was scanned; where the present one is another, the scan is outdated. */
    scannedFrom: scan?.from ?? null,
    /** Targets of the last scans, the newest first. */
    targets: scans.map((one) => one.target),
  };
}

/** The readiness for the target. For a cluster that is at the target already: whether its nodes can be replaced, where somebody has looked at that. */
function readinessFor(
  record: ClusterRecord,
  target: KubeVersion,
  known: { scans: LatestScans; now: Date; nodes: NodesSpec },
) {
  const { version } = record;
  const isLookedAt = known.scans.scans.some(({ from, target: to }) => from === version && to === version);
  if (version !== target.toString() || !isLookedAt) return readinessTo(record, target, known);
  return readinessOfMember(record, { from: version, to: version }, known);
}

/** One thing to repair, and the clusters in which it was found. */
type FleetCause = NonNullable<ReturnType<typeof causeOf>>;

/** Somebody who has to repair something. */
type OwnerToChase = ReturnType<typeof ownerOf>;

const MOST = 50;
/** The same cause may be in ten thousand clusters: an answer names this many. */
const MOST_NAMED = 50;
const MOST_FIXES = 5;
const MOST_IDS = 20;
const SEVERITIES: readonly ScanCause['severity'][] = ['error', 'warning', 'info'];

/** `chased`: whoever a report of owners tells of it. */
type Found = ScanCause & { readonly cluster: string; readonly chased: ReturnType<typeof ownersOf> };

/**
 * Causes over all clusters, the worst and then the most frequent first, and the owners with the most to do. What nobody owns, in a cluster without an
 * owner, is only among the causes.
 */
function summed(all: readonly Found[]) {
  // A cause is grouped with its owner, since one name may mean two things: terraform of payments is not terraform of search.
  const byCause = Map.groupBy(all, ({ cause, owner }) => JSON.stringify([cause, owner]));
  const told = all.flatMap((one) => one.chased.flatMap((owner) => (owner === null ? [] : [{ owner, one }])));
  const byOwner = Map.groupBy(told, ({ owner }) => owner);
  const causes = [...byCause.values()].flatMap((found) => causeOf(found) ?? []);
  const owners = [...byOwner].map(([owner, found]) =>
    ownerOf(
      owner,
      found.map(({ one }) => one),
    ),
  );
  return { causes: causes.sort(worstFirst).slice(0, MOST), owners: owners.sort(busiestFirst).slice(0, MOST) };
}

function causeOf(found: readonly Found[]) {
  const [first] = found;
  if (first === undefined) return undefined;
  return {
    cause: first.cause,
    owner: first.owner ?? null,
    severity: SEVERITIES.find((one) => found.some(({ severity }) => severity === one)) ?? 'info',
    findings: found.reduce((sum, { findings }) => sum + findings, 0),
    /** What ends the cause, as the gate of each hop says it. */
    fixes: [...new Set(found.flatMap(({ fixes }) => fixes ?? []))].slice(0, MOST_FIXES),
    /** Ids of the cause's findings; only the first ones. */
    ids: [...new Set(found.flatMap(({ ids }) => ids ?? []))].slice(0, MOST_IDS),
    ...clustersOf(found),
  };
}

function ownerOf(owner: string, found: readonly Found[]) {
  const causes = (severity: ScanCause['severity']) =>
    new Set(found.filter((one) => one.severity === severity).map(({ cause }) => cause)).size;
  // How many causes of these severities the owner has.
  return { owner, errors: causes('error'), warnings: causes('warning'), ...clustersOf(found) };
}

/** How many clusters there are, and some of them by name. */
function clustersOf(found: readonly Found[]) {
  const names = [...new Set(found.map(({ cluster }) => cluster))].sort();
  return { clusterCount: names.length, clusters: names.slice(0, MOST_NAMED) };
}

const worstFirst = (a: FleetCause, b: FleetCause): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  b.clusterCount - a.clusterCount ||
  b.findings - a.findings ||
  (a.cause < b.cause ? -1 : 1);

const busiestFirst = (a: OwnerToChase, b: OwnerToChase): number =>
  b.errors - a.errors || b.clusterCount - a.clusterCount || (a.owner < b.owner ? -1 : 1);
