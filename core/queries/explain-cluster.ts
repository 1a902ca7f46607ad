import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { AT_REST, type Member, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import type { LatestScans } from '../contracts/items/scan.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { shortId, withoutOwnExplanation } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import { arrivalId, comparedHopId, hopId, hopTo, isRollback } from '../model/hop.ts';
import { isSame } from '../model/is-same.ts';
import { unreachable } from '../model/unreachable.ts';
import { glassInForce } from '../policy/break-glass.ts';
import type { HopRules } from '../policy/hop-rules.ts';
import { unapprovedOnTheWay } from '../policy/unapproved-findings.ts';
import { goesBackItself, mostInFlight } from '../policy/wave-room.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table } from '../ports/table.ts';
import { hasFailedHalfWay } from '../protocol/left-half-done.ts';
import { mayExtendSupport, reversalOf } from '../protocol/rollback-view.ts';
import { isOpen, isUndo, undoEntriesOf } from '../protocol/undo.ts';
import { patchesOf, patchReasons } from '../rollout/candidates.ts';
import { blockersOnTheWay, hasLostWaiver } from '../rollout/hop-blockers.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { memberRules, rulesByHand } from '../rollout/member-rules.ts';
import { soonestOf, waitsOf } from '../rollout/openings.ts';
import { isFinished } from '../rollout/retry-member.ts';
import { asUpgraded, type FleetSnapshot } from '../rollout/snapshot.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import { isTried, loadMemberIn, loadWaves, ReadinessHistories, Rollouts, upgradesOf } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { findClusterBlockers } from './cluster-blockers.ts';
import { type ClusterPolicy, clusterPolicy, loadRollbackIn, withWayBack } from './cluster-policy.ts';
import { activeUpgrade } from './cluster-summary.ts';
import { clusterWarnings, tagEffects } from './cluster-warnings.ts';
import { readinessView } from './list-clusters.ts';
import { openSilences } from './open-silences.ts';
import {
  ENDED_WELL,
  findRolloutsGoingOn,
  goingOn,
  type Place,
  placeAmong,
  rolloutsByPolicy,
  summaryOf,
  takenUpOnceReleased,
} from './place-of.ts';
import { supportView } from './support-view.ts';
import { untilOneMayBegin } from './until-one-may-begin.ts';
import { upgradeViews } from './upgrade-view.ts';
import { verdictOf } from './verdict.ts';
import type { Verdict } from './verdict-words.ts';

/** Why a cluster is or is not upgrading, and when it will. */
export type Explanation = Awaited<ReturnType<typeof explainCluster>>;

/**
 * Asks the reconciler's own decision why this cluster is or is not upgrading; nothing is decided here a second time. A caller that explains many
 * clusters reads the fleet once and gives it.
 */
export async function explainCluster(
  ports: Pick<Ports, 'table' | 'clock'>,
  record: ClusterRecord,
  given?: FleetSnapshot,
) {
  const snapshot = given ?? (await loadSnapshot(ports.table, await ports.table.queryActive(), 'fleet'));
  const cluster = asUpgraded(snapshot, snapshot.clusters.get(record.clusterKey) ?? record);
  const now = ports.clock.now();
  const aim = clusterPolicy(snapshot, cluster, now);
  const { state } = await summaryOf(ports.table, snapshot, cluster, now);
  const waits =
    (await waitingIn(ports.table, snapshot, cluster.clusterKey, now)) ??
    snapshot.members.find(({ clusterKey }) => clusterKey === cluster.clusterKey);
  const upgrades = await upgradesOf(ports.table, cluster.clusterKey);
  const place = await placeOf(ports.table, snapshot, cluster, { waits, aim, upgrades }, now);
  const journal = await undoEntriesOf(ports.table, cluster.clusterKey);
  const control = snapshot.controls.get(cluster.clusterKey);
  const held = control?.held;
  const active = activeUpgrade(snapshot, cluster.clusterKey);
  const rollback = await loadRollbackIn(ports.table, snapshot, { cluster, upgrades, spec: aim.policy?.spec }, now);
  const { left: lastLeft, ended, shown } = upgradesThatMatter(cluster, upgrades, control, active);
  const left = withWayBack(lastLeft, cluster, rollback);
  const { member } = place ?? {};
  const arriving = upgrades.find(({ id }) => member !== undefined && id === arrivalId(member));
  const finished = member !== undefined && isFinished(cluster, member, arriving, held !== undefined);
  const begunIn = (active ?? left)?.rolloutId;
  const ofUpgrade = begunIn === undefined ? undefined : (await load(ports.table, Rollouts, begunIn))?.data;
  const released = held === undefined || isRollback(active) ? undefined : takenUpOnceReleased(place, left);
  const own = released ?? place;
  const wave = released?.wave ?? place?.waves.find(({ index }) => index === member?.waveIndex);
  const ofHop = rulesOfHop(snapshot, cluster, place, now);
  const { rules } = ofHop;
  const hops = aim.target === undefined ? [] : KubeVersion.parse(cluster.version).hopsTo(aim.target);
  const region = snapshot.regions.get(cluster.region);
  const mayExtend = mayExtendSupport(aim.policy?.spec);
  const scans = (await latestScansOf(ports.table, [cluster.clusterKey])).get(cluster.clusterKey);
  // A running upgrade is past its scan, and of one that was tried its end tells more.
  const isOver = active !== undefined || (member !== undefined && isTried(member));
  const foreseen = isOver ? [] : foresee(cluster, { place, aim, ofHop, scans }, now);
  const [latest = null, lookedAt] = await upgradeViews(ports.table, shown, cluster);
  const hasPassed = hasPassedSince(ended, scans, now);
  const isItsEnd = hasPassed && place?.member !== undefined && isSame(place.member.reasons, ended?.reasons);
  const tried = isItsEnd ? { ...place, member: { ...place.member, reasons: [] } } : place;
  const asKnown = verdictOf(snapshot, cluster, aim, { place: tried, ofUpgrade, left, isFinished: finished }, now);
  const verdict = await untilOneMayBegin(ports.table, snapshot, { cluster, aim, verdict: asKnown }, now);
  const patches = patchesOf(snapshot, cluster, aim.policy?.spec, aim.target, now);
  const stoppedBy =
    ended === undefined || hasPassed ? [] : await findClusterBlockers(ports.table, ended, ended.reasons);
  return {
    cluster: shortId(cluster),
    clusterKey: cluster.clusterKey,
    version: cluster.version,
    /** When the version was last read, where the cluster cannot be read now; null = it can. */
    versionSeenAt: unreachable(cluster) === undefined ? null : cluster.lastSeenAt,
    state,
    ...withOverdue(ofItself(verdict, cluster), patchReasons(cluster, patches, now)),
    policy:
      aim.policy === undefined
        ? null
        : {
            name: aim.policy.metadata.name,
            trigger: aim.policy.spec.trigger,
            verification: aim.policy.spec.verification,
          },
    /** The policies that select the cluster where several do: `policy` is null then, as it is where none does. */
    ambiguous: aim.ambiguous ?? [],
    wave: aim.wave?.name ?? null,
    /** Names of the Calendars that must all be open; empty = always open; null = a policy that may select the cluster cannot be read. */
    calendars: rules.unreadable ? null : rules.calendarNames,
    /** Why this policy, this wave and these calendars, in the order in which labels, expressions and tags decide. */
    placement: [...aim.placement, ...(rules.unreadable ? [UNREADABLE] : calendarsOf(rules))],
    target: aim.target?.toString() ?? null,
    /** The minors that the cluster still has to pass through, one hop each. */
    hops: hops.map(String),
    /** Until when EKS would take the next hop back, or why not, and what EKS asks for a rollback; empty without a hop. */
    reversal: reversalOf(cluster, hops, region, { now, mayExtend }),
    rollout: rolloutOf(own, wave),
    upgrade: latest,
    /**
     * What the smoke check of the last hop has compared, and the id of that hop. For a rollback this is the hop that it takes back, since there
     * things got worse.
     */
    compared: lookedAt?.comparison == null ? null : { id: lookedAt.id, ...lookedAt.comparison },
    ...lastScan(scans?.scans[0], upgrades),
    /**
     * What is known today to stop the hops that the cluster waits for, whatever it waits for now, from the inventory and the last scans. Empty while
     * an upgrade runs.
     */
    foreseen,
    /** What the last upgrade ended for, where it ended without success and still matters: everything that its scan found, each with owner and repair. */
    // What the last look foresees anyway is not said twice; of a long text that look has kept only the beginning.
    stoppedBy: stoppedBy.filter(({ what }) => !foreseen.some(({ message }) => message.includes(what.slice(0, 200)))),
    /** Whether the cluster may go one minor up, by what is known today. */
    readiness: readinessView(snapshot, cluster, scans, now),
    /** Since when the cluster is ready or not, and what stops it, as hourly looks have found it; null before the first look. */
    readinessHistory: (await load(ports.table, ReadinessHistories, cluster.clusterKey))?.data ?? null,
    held: held === undefined ? null : { reason: held.reason, since: held.since },
    /** The order by which the cluster may pass its windows and freezes now. */
    breakGlass: glassInForce(control, ofHop.wave, rules.policy?.spec.breakGlass, now) ?? null,
    rollback,
    support: supportView(cluster, region, now),
    managedBy: cluster.managedBy,
    tagEffects: tagEffects(cluster, snapshot.fleet?.tagPrefix ?? '', snapshot.calendars, aim.placement),
    silences: openSilences(journal.filter(isOpen)),
    warnings: clusterWarnings(cluster, journal, upgrades),
  };
}

/**
 * Of the upgrades of a cluster, newest first, those that say where it stands. `left`: the one that left it held, or half-way. `ended`: the one whose
 * blockers or failure still matter. `shown`: the last one, and then the one whose comparison of before and after tells most.
 */
function upgradesThatMatter(
  { version }: ClusterRecord,
  upgrades: readonly Upgrade[],
  control: ClusterControl | undefined,
  active: Upgrade | undefined,
) {
  const held = control?.held;
  const hop = hopTo(KubeVersion.parse(version));
  const finish = upgrades.find(({ id }) => id === hopId(version, version));
  const left = upgrades.find((one) =>
    held === undefined ? one.id === hop && hasFailedHalfWay(one, finish) : one.id === held.upgradeId,
  );
  // An undo takes back what another upgrade has left, and says nothing of where the cluster stands.
  const last = upgrades.find((one) => !isUndo(one));
  const newest = last?.from === version ? last : undefined;
  // An upgrade that a person has had tried again is over, and so is one from before a hop that runs now. A rollback goes on because of what stopped
  // the hop, so that stays.
  const goesBack = last !== undefined && isRollback(last);
  const isTriedAgain = control?.retried !== undefined || (active?.status === 'Running' && !goesBack);
  const ended = isTriedAgain
    ? undefined
    : [left, newest].find((one) => one?.status === 'Blocked' || one?.status === 'Failed');
  const compared = upgrades.find(({ id }) => last !== undefined && id === comparedHopId(last));
  return { left, ended, shown: [last, compared].filter((one) => one !== undefined) };
}

/**
 * Whether a look has passed since a scan stopped the upgrade: what had stopped it is mended, or waived. A look says nothing of approvals that are
 * missing.
 */
function hasPassedSince(ended: Upgrade | undefined, scans: LatestScans | undefined, now: Date): boolean {
  const step = ended?.steps['scan-cluster'];
  if (ended?.status !== 'Blocked' || step?.status !== 'blocked') return false;
  if (step.reasons.some(({ code }) => code === 'FindingNotApproved')) return false;
  const last = scans?.scans.find(({ target }) => target === ended.to);
  return last?.verdict === 'pass' && last.scannedAt > (step.endedAt ?? '') && !hasLostWaiver(last, now);
}

/** What is known today to stop the hops that the cluster waits for: from the inventory, the last scans, and what the approvals have not shown. */
function foresee(
  cluster: ClusterRecord,
  known: {
    readonly place: Place | undefined;
    readonly aim: ClusterPolicy;
    readonly ofHop: ReturnType<typeof rulesOfHop>;
    readonly scans: LatestScans | undefined;
  },
  now: Date,
): Reason[] {
  const { place, aim, scans } = known;
  const to = goingOn(place)?.member.to ?? aim.target?.toString();
  if (to === undefined) return [];
  const blockers = blockersOnTheWay(cluster, scans, to, aim.policy?.spec.nodes, now);
  const { rules, wave, policyAppliedBy } = known.ofHop;
  if (wave === undefined || place?.rollout === undefined) return [...blockers];
  const requesters = { policyAppliedBy, rolloutCreatedBy: place.rollout.createdBy };
  return [...blockers, ...unapprovedOnTheWay(scans, cluster, to, { spec: rules.wave, wave, requesters }, now)];
}

/** Where the calendars come from. What is wrong with a tag the verdict tells, and the effects of the tags. */
const calendarsOf = ({ calendarReasons }: HopRules): Reason[] =>
  calendarReasons.filter(({ code }) => code !== 'BadTag');

const UNREADABLE = reason(
  'PolicyNotConfigured',
  'A policy that may select it cannot be read, so nobody knows its calendars and nothing begins.',
);

/** The rules of the cluster's next hop, as its grant asks them: those of its wave in a rollout that goes on, otherwise those of a start by hand. */
function rulesOfHop(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  place: Place | undefined,
  now: Date,
): {
  readonly rules: HopRules;
  readonly policyAppliedBy?: readonly string[] | undefined;
  readonly wave?: Wave | undefined;
} {
  const rulesOf = memberRules(snapshot, now);
  const { rollout, member, waves } = goingOn(place) ?? {};
  const { rolloutId } = activeUpgrade(snapshot, cluster.clusterKey) ?? { rolloutId: rollout?.id };
  if (rollout?.id !== rolloutId || member === undefined || ENDED_WELL.includes(member.status))
    return rulesByHand(snapshot, cluster, rulesOf);
  const wave = waves?.find(({ index }) => index === member.waveIndex);
  return { ...rulesOf(rollout?.policy, cluster, wave), wave };
}

/**
 * The scan step asks more than its report tells (insights, nodes, who else is at work), and may end before there is a report, so what the step said
 * counts too.
 */
function lastScan(scan: LatestScans['scans'][number] | undefined, upgrades: readonly Upgrade[]) {
  const steps = upgrades.flatMap(({ steps: { 'scan-cluster': step } }) => step ?? []);
  const [step] = steps.sort((a, b) => ((a.endedAt ?? '') < (b.endedAt ?? '') ? 1 : -1));
  const { status, startedAt = '', endedAt: at = '', reasons: [why] = [] } = step ?? {};
  const isNewest = scan === undefined || scan.scannedAt <= at;
  const leftNone = scan === undefined || scan.scannedAt < startedAt;
  return {
    /** The last report. An upgrade's own scan runs right before its hop. */
    scan: scan === undefined ? null : reportOf(scan),
    /** Why the scan step of an upgrade was blocked, where nobody has scanned since; a report that passes is no answer then. */
    scanBlocked: status === 'blocked' && isNewest && why !== undefined ? { at, reason: why } : null,
    /** What the scan step of an upgrade said where it passed without a report, as it does at the target, and nobody has scanned since. */
    scanLooked: status === 'done' && leftNone && why !== undefined ? { at, reason: why } : null,
  };
}

const reportOf = ({ scannedAt, target, verdict, errors, warnings, gaps }: LatestScans['scans'][number]) => {
  return { scannedAt, target, verdict, errors, warnings, gaps };
};

/** The cluster's member in the rollout that has its upgrade, or else in the one that lets it begin first: it may wait in several. */
async function waitingIn(table: Table, snapshot: FleetSnapshot, clusterKey: string, now: Date) {
  const goingOn = await findRolloutsGoingOn(table, snapshot, clusterKey);
  const ids = goingOn.filter(({ rollout }) => Rollouts.active(rollout)).map(({ rollout }) => rollout.id);
  const begun = activeUpgrade(snapshot, clusterKey)?.rolloutId;
  const first =
    begun ?? (ids.length > 1 ? soonestOf(waitsOf(snapshot, new Set([clusterKey]), now).waits, ids) : ids[0]);
  return (goingOn.find(({ rollout }) => rollout.id === first) ?? goingOn[0])?.member;
}

/** The cluster's place in the rollout that it waits in, or else among all rollouts of its policy. */
async function placeOf(
  table: Table,
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  {
    waits,
    aim,
    upgrades,
  }: { readonly waits: Member | undefined; readonly aim: ClusterPolicy; readonly upgrades: readonly Upgrade[] },
  now: Date,
): Promise<Place | undefined> {
  const name = aim.policy?.metadata.name ?? '';
  const rollouts = (await rolloutsByPolicy(table, new Set(name === '' ? [] : [name]))).get(name) ?? [];
  const whole = async (rollout: Rollout) => ({
    rollout,
    waves: (await loadWaves(table, rollout.id)).map(({ data }) => data),
  });
  // A retry tries the cluster again in the rollout in which it was held, as long as that rollout goes on, whatever policy selects it by now.
  const held = snapshot.controls.get(cluster.clusterKey)?.held?.upgradeId;
  const id = waits?.rolloutId ?? (held && upgrades.find((one) => one.id === held)?.rolloutId);
  const known = id === undefined ? undefined : (await load(table, Rollouts, id))?.data;
  const waitsIn = waits === undefined && known !== undefined && AT_REST.includes(known.status) ? undefined : known;
  const found =
    waitsIn === undefined
      ? await placeAmong(table, snapshot, rollouts, cluster, now)
      : { rollout: waitsIn, member: await loadMemberIn(table, waitsIn, cluster.clusterKey) };
  if (found === undefined) return undefined;
  const other = rollouts.find(({ id, status }) => id !== found.rollout.id && !AT_REST.includes(status));
  return { ...found, ...(await whole(found.rollout)), beside: other && (await whole(other)) };
}

function rolloutOf(place: Pick<Place, 'rollout' | 'member'> | undefined, wave: Wave | undefined) {
  if (place?.member === undefined) return null;
  const { rollout, member } = place;
  const { from, to, status, releases, addons } = member;
  return {
    id: rollout.id,
    status: rollout.status,
    wave: wave?.name ?? '',
    waveStatus: wave?.status ?? '',
    /** The versions that the cluster goes from and to in this rollout, with the releases of images and versions of add-ons. */
    goal: { from, to, status, ...given({ releases, addons }) },
    // For a cluster that goes back, the member's status is the result of the upgrade before; describe rollout shows it likewise.
    memberStatus: wave !== undefined && goesBackItself(wave, member.clusterKey) !== undefined ? 'GoesBack' : status,
    /** The cluster's place in the order of its wave, how many clusters the wave has, and how many of them go at once. */
    position: member.position,
    of: wave?.members ?? 0,
    atOnce: wave === undefined ? 0 : mostInFlight(wave),
  };
}

/** What holds the cluster leads whoever reads it elsewhere to this explanation. */
function ofItself(verdict: Verdict, cluster: ClusterRecord): Verdict {
  const own = { name: cluster.name, id: shortId(cluster) };
  const reasons = verdict.reasons.map((one) => ({ ...one, message: withoutOwnExplanation(one.message, own) }));
  return { ...verdict, reasons };
}

/** Adds which patches are overdue, which is said whatever else stands in their way. */
function withOverdue<Verdict extends { readonly reasons: readonly Reason[] }>(
  verdict: Verdict,
  patches: readonly Reason[],
) {
  if (!patches.some(({ code }) => code === 'PatchesOverdue')) return verdict;
  const unsaid = patches.filter(({ code }) => !verdict.reasons.some((said) => said.code === code));
  return { ...verdict, reasons: [...verdict.reasons, ...unsaid] };
}
