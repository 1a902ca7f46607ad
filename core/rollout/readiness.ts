import type { ClusterControl, ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { Member } from '../contracts/items/rollout.ts';
import type { KnownScans } from '../contracts/items/scan.ts';
import { READINESS_VERDICTS, type ReadinessVerdict } from '../contracts/scan-words.ts';
import { bounded, type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { isFinish } from '../model/hop.ts';
import type { NodesSpec } from '../model/image-rule.ts';
import { sentence } from '../model/words.ts';
import { holdRefusals } from '../protocol/standing-refusals.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { targetIn } from './cluster-target.ts';
import { hasLostWaiver, inWords, lookCommand, lostWaiver, stoppersOf } from './hop-blockers.ts';
import { type FleetSnapshot, nodesIn } from './snapshot.ts';

/** Whether a cluster may go one minor up, by what is known today. It authorizes nothing: the gate runs again before each hop. */
export interface Readiness {
  readonly verdict: ReadinessVerdict;
  /** The next minor, which the verdict is about; null where EKS offers none beyond the cluster's. */
  readonly for: string | null;
  /** When the cluster was last looked at for that minor; null = never. */
  readonly scannedAt: string | null;
  /** What stands in the way, with owner and repair. */
  readonly reasons: readonly Reason[];
  /** Until when findings are waived, for a cluster that counts as ready by a look with waived findings. The findings are still there. */
  readonly waivedUntil?: string;
}

/** A look that is older than this says nothing any more; every cluster is looked at anew within that time. */
const MAX_AGE_HOURS = 24;

export interface Known {
  readonly scans: KnownScans | undefined;
  /** The versions that EKS offers in the cluster's Region; undefined while nobody has asked. */
  readonly region: RegionVersions | undefined;
  /** The version that the cluster is to go to; undefined where no policy names one. */
  readonly target?: KubeVersion | undefined;
  /** What the cluster's policy says of images of node groups. */
  readonly nodes?: NodesSpec;
  readonly now: Date;
}

/** The one answer to "may this cluster go one minor up?" for lists, `explain` and reports, from the last scan and the inventory. */
export function readinessOf(cluster: ClusterRecord, { region, target, ...known }: Known): Readiness {
  const after = KubeVersion.parse(cluster.version).next();
  if (region === undefined) {
    const said = `Nobody knows yet what EKS offers in ${cluster.region}; liftlock get versions says what was read and when.`;
    return {
      verdict: 'incomplete',
      for: after.toString(),
      scannedAt: null,
      reasons: [reason('VersionsUnknown', said)],
    };
  }
  const next = nextMinor(cluster, region);
  if (next === undefined) return NOTHING_ASKED;
  return lookAt(cluster, next, target !== undefined && next.isOlderThan(target), known);
}

/** A held cluster goes nowhere before a person lets it, whatever its last look found: the hold says what that person has to know. */
export function withHold(
  readiness: Readiness,
  { name }: ClusterRecord,
  control: ClusterControl | undefined,
): Readiness {
  const held = holdRefusals(control).map(({ code, message }): Reason => {
    return { code, message: `${sentence(message)} What goes on with it: liftlock explain cluster ${name}` };
  });
  return held.length === 0 ? readiness : { ...readiness, verdict: 'blocked', reasons: [...held, ...readiness.reasons] };
}

/** The readiness by the applied configuration. */
export const readinessIn = (
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  known: Pick<Known, 'scans' | 'now'>,
): Readiness => withHold(lookedIn(snapshot, cluster, known), cluster, snapshot.controls.get(cluster.clusterKey));

/** `readinessOf` by the applied configuration, whether or not the cluster is held: its policy says whether it goes further. */
export const lookedIn = (
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  { scans, now }: Pick<Known, 'scans' | 'now'>,
): Readiness => {
  const target = targetIn(snapshot, cluster, now);
  const nodes = nodesIn(snapshot, cluster);
  return readinessOf(cluster, { scans, region: snapshot.regions.get(cluster.region), target, nodes, now });
};

/**
 * The readiness for the whole way to a minor: what the last look for a later hop found counts too, where there was such a look. The verdict is that
 * of the first hop that is not ready, with everything that stands in the way of all hops. A cluster that is at that minor already needs nothing.
 */
export function readinessTo(
  cluster: ClusterRecord,
  to: KubeVersion,
  known: Pick<Known, 'scans' | 'now' | 'nodes'>,
): Readiness {
  const current = KubeVersion.parse(cluster.version);
  if (!current.isOlderThan(to)) return NOTHING_ASKED;
  const next = current.next();
  const nearest = lookAt(cluster, next, next.isOlderThan(to), known);
  // Later hops are looked at only where somebody asks for that.
  const later = next.hopsTo(to).map((hop) => lookAt(cluster, hop, false, known));
  // A look for a later minor judges the way there hop by hop (docs/scan.md), so it also serves as a look at the first hop where nobody has looked at
  // that one alone.
  const seen = later.find(
    ({ scannedAt, verdict }) => scannedAt !== null && (verdict === 'ready' || verdict === 'blocked'),
  );
  const isUnseen = nearest.verdict === 'incomplete' && nearest.scannedAt === null;
  const ahead: Readiness | undefined = seen?.verdict === 'ready' ? { ...seen, verdict: 'readyAfterHops' } : seen;
  const first = (isUnseen ? ahead : undefined) ?? nearest;
  const found = later.filter((one) => !isReady(one) && (one.scannedAt !== null || one.verdict === 'blocked'));
  const [worst = first] = found.toSorted((a, b) => Number(b.verdict === 'blocked') - Number(a.verdict === 'blocked'));
  const reasons = new Map([first, ...found].flatMap((one) => one.reasons).map((one) => [one.message, one]));
  return { ...(isReady(first) ? worst : first), reasons: bounded([...reasons.values()]) };
}

/**
 * The readiness of a member of a rollout. For a member that stays at its minor a look at replacing its nodes there counts, which nobody makes by
 * itself before the member begins.
 */
export function readinessOfMember(
  cluster: ClusterRecord,
  member: Pick<Member, 'from' | 'to'>,
  known: Pick<Known, 'scans' | 'now' | 'nodes'>,
): Readiness {
  const to = KubeVersion.parse(member.to);
  if (!isFinish(member) || member.to !== cluster.version) return readinessTo(cluster, to, known);
  const { scans } = known;
  const own = scans && { ...scans, scans: scans.scans.filter(({ from }) => from === cluster.version) };
  return lookAt(cluster, to, false, { ...known, scans: own });
}

export const isReady = ({ verdict }: Pick<Readiness, 'verdict'>): boolean =>
  verdict === 'ready' || verdict === 'readyAfterHops';

const NOTHING_ASKED: Readiness = { verdict: 'ready', for: null, scannedAt: null, reasons: [] };

function lookAt(
  cluster: ClusterRecord,
  next: KubeVersion,
  isFurther: boolean,
  { scans, now, nodes }: Pick<Known, 'scans' | 'now' | 'nodes'>,
): Readiness {
  const scan = scans?.scans.find((one) => one.target === next.toString());
  const about = { for: next.toString(), scannedAt: scan?.scannedAt ?? null };
  if (cluster.unsupported !== undefined)
    return {
      verdict: 'blocked',
      for: next.toString(),
      scannedAt: null,
      reasons: [reason('Unsupported', cluster.unsupported)],
    };
  const isFirst = KubeVersion.parse(cluster.version).next().equals(next);
  const stoppers = stoppersOf(cluster, scans, next, isFirst, nodes, now);
  const blockers = inWords(stoppers);
  if (scan === undefined) {
    // Blockers that the inventory alone proves need no scan.
    if (blockers.length > 0) return { verdict: 'blocked', ...about, reasons: blockers };
    const said =
      cluster.version === next.toString()
        ? `Nobody has looked whether the nodes of ${cluster.name} can be replaced at ${next}; its upgrade looks before it changes anything.`
        : `Nobody has looked whether ${cluster.name} may go to ${next}; that happens by itself within a day.`;
    const sooner = `Sooner: ${lookCommand(cluster, next)}`;
    return { verdict: 'incomplete', ...about, reasons: [reason('NeverScanned', `${said} ${sooner}`)] };
  }
  const age = staleness(cluster, scan, now);
  if (age !== undefined) {
    // What the inventory proves holds as it was seen last, however old the look is, unless a waiver covers it that has not ended.
    const old = reason('ScanStale', age);
    const others = blockers.filter(({ message }) => message !== age);
    return stoppers.some(({ isProved }) => isProved)
      ? { verdict: 'blocked', ...about, reasons: [...others, old] }
      : { verdict: 'stale', ...about, reasons: [old, ...others] };
  }
  if (scan.verdict === 'incomplete') return { verdict: 'incomplete', ...about, reasons: blockers };
  if (blockers.length > 0) return { verdict: 'blocked', ...about, reasons: blockers };
  const { waivedUntil } = scan;
  return { verdict: isFurther ? 'readyAfterHops' : 'ready', ...about, reasons: [], ...given({ waivedUntil }) };
}

/** The minor after the cluster's, where EKS offers it. */
export function nextMinor(cluster: ClusterRecord, region: RegionVersions | undefined): KubeVersion | undefined {
  const next = KubeVersion.parse(cluster.version).next();
  return region?.versions.some(({ version }) => version === next.toString()) === true ? next : undefined;
}

/** Why the last look says nothing any more; undefined while it counts. */
function staleness(cluster: ClusterRecord, scan: Scan, now: Date): string | undefined {
  if (scan.from !== undefined && scan.from !== cluster.version)
    return `The last look was at ${scan.from}, and ${cluster.name} is at ${cluster.version} now. Run: ${lookCommand(cluster, KubeVersion.parse(scan.target))}`;
  if (isOutlived(cluster, scan))
    return `The last look was before ${cluster.name} was seen at ${cluster.version} at ${cluster.versionObservedAt}: it has been elsewhere since. Run: ${lookCommand(cluster, KubeVersion.parse(scan.target))}`;
  if (hasLostWaiver(scan, now)) return lostWaiver(cluster, scan).message;
  const hours = (now.getTime() - Date.parse(scan.scannedAt)) / 3_600_000;
  if (hours <= MAX_AGE_HOURS) return undefined;
  return `The last look is ${Math.floor(hours)} hours old; ${MAX_AGE_HOURS} are allowed. Run: ${lookCommand(cluster, KubeVersion.parse(scan.target))}`;
}

type Scan = KnownScans['scans'][number];

/** Whether a cluster has changed its version since a look, even if it has come back to the same version. */
export const isOutlived = (
  { version, versionObservedAt }: Pick<ClusterRecord, 'version' | 'versionObservedAt'>,
  { from, scannedAt }: Pick<Scan, 'from' | 'scannedAt'>,
): boolean => (from !== undefined && from !== version) || scannedAt < versionObservedAt;

/** How many clusters have each verdict; verdicts without any are left out. */
export function countVerdicts(verdicts: readonly ReadinessVerdict[]): Partial<Record<ReadinessVerdict, number>> {
  const counts = READINESS_VERDICTS.map(
    (verdict) => [verdict, verdicts.filter((one) => one === verdict).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
