import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type AppliedConfig, AT_REST, type Member, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import type { ReadinessVerdict } from '../contracts/scan-words.ts';
import type { Reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { hopId, hopTo, isFinish, rollbackId } from '../model/hop.ts';
import { isLag } from '../model/lag.ts';
import { inForce, loadAuthors, upgradePolicy } from '../policy/applied.ts';
import { approvalRefusals } from '../policy/approvals.ts';
import { type DeletedConfig, deletedAmong } from '../policy/deleted-configs.ts';
import { unapprovedOnTheWay } from '../policy/unapproved-findings.ts';
import { waveNamed } from '../policy/wave-of.ts';
import { goesBack, goesBackItself } from '../policy/wave-room.ts';
import { soakOf } from '../policy/wave-soak.ts';
import { worstCaseNow } from '../policy/worst-case.ts';
import type { Table } from '../ports/table.ts';
import { busyWith } from '../protocol/authority.ts';
import { PASSED_WAVES } from '../protocol/granting-waves.ts';
import { sameUnderWay } from '../protocol/hop-before.ts';
import { loadOrdersOfFleet, loadReasonsNow, ordersOfFleet } from '../protocol/kept-away.ts';
import { leftByAbort } from '../protocol/left-half-done.ts';
import { nodesFirst } from '../rollout/candidates.ts';
import type { RolloutPlan } from '../rollout/decisions.ts';
import { goesBackBefore } from '../rollout/earlier-rollouts.ts';
import { suspectedTraits } from '../rollout/fingerprint.ts';
import { blockersOnTheWay } from '../rollout/hop-blockers.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { memberRules } from '../rollout/member-rules.ts';
import { stalledWaves } from '../rollout/never-starting.ts';
import { readinessOfMember } from '../rollout/readiness.ts';
import { type Unready, unreadyToOpen } from '../rollout/require-ready.ts';
import { triedOnce } from '../rollout/retry-member.ts';
import { type FleetSnapshot, nodesIn } from '../rollout/snapshot.ts';
import { suspects } from '../rollout/suspects.ts';
import { underWayOf } from '../rollout/under-way.ts';
import { unsettled } from '../rollout/waiting.ts';
import { waitsForRest } from '../rollout/waits-for-rest.ts';
import { unsettledIn, waitingForPromotion, waveInTurn, waysOn, whyOutdated } from '../rollout/wave-end.ts';
import { lastPassed, withoutHooks } from '../rollout/wave-hooks.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import { ClusterControls, Configs, isTried, loadMembers, loadWaves, Rollouts, Upgrades } from '../store/entities.ts';
import { load, loadAll, loadKind } from '../store/entity.ts';
import { type Told, toldRollout, toldWave } from '../store/with-conditions.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { findRollout } from './find-rollout.ts';
import { waveGlass } from './glass-standing.ts';
import { type Page, type PageRequest, pageByNumber, shortened } from './page.ts';
import { rulingWaves } from './ruling-waves.ts';
import { loadWhyTheyLeft } from './why-they-left.ts';

const COUNTERS = ['members', 'inFlight', 'succeeded', 'failed', 'blocked', 'excluded', 'quarantined'] as const;
/**
 * How many clusters of a rollout stand where, over all its waves. `leftHalfDone`: parked although nothing of the rollout goes on any more, including
 * those that have moved and were watched.
 */
type RolloutProgress = Readonly<Record<(typeof COUNTERS)[number] | 'leftHalfDone', number>>;

export type RolloutSummary = ReturnType<typeof summary>;

export interface ShownMember extends Member {
  /** For a member that has not begun: whether it may go all the way by what is known today. */
  readonly readiness?: ReadinessVerdict;
  /** Set while its rollback is asked for, runs or has failed half-way: the member's status is the result of its upgrade before that. */
  readonly goesBack?: true;
}

export interface RolloutDetail extends RolloutSummary {
  readonly waveDetails: readonly Told<Wave>[];
  /** The members in the order in which they go. */
  readonly members: readonly ShownMember[];
  /** How the rollout goes on while it stands still, as sentences; absent in a plan. */
  readonly waysOn?: readonly string[];
  /** Who has deleted its policy, when and why; absent while the policy is applied. */
  readonly policyDeleted?: DeletedConfig;
  /** The standing of each wave under the policy as applied now; absent in a plan. */
  readonly standings?: readonly WaveStanding[];
  /** Traits that the failed clusters share and the succeeded ones lack: clusters with these traits are set aside. */
  readonly suspiciousTraits?: readonly string[];
  /** In a plan: clusters that the policy selects and that need nothing or belong to no wave. In a rollout just created: the clusters that are behind. */
  readonly leftOut?: RolloutPlan['leftOut'];
  /** In a rollout just created: how many more of those there are for which its answer has no room. */
  readonly moreLeftOut?: number;
}

/** Waves are read for each rollout, which makes a second of this many. */
const PAGE = 200;

/** An id by which the newest rollout sorts first. */
const newestFirst = ({ createdAt, id }: Pick<Rollout, 'createdAt' | 'id'>): string =>
  `${String(END_OF_TIME - Date.parse(createdAt)).padStart(16, '0')}/${id}`;
/** The last instant of a `Date`, in milliseconds. */
const END_OF_TIME = 8_640_000_000_000_000;

/** Rollouts, the newest first; those that have ended are kept, so that there are more each week. */
export async function listRollouts(table: Table, now: Date, request: PageRequest = {}): Promise<Page<RolloutSummary>> {
  const [rollouts, ofFleet] = await Promise.all([loadKind(table, Rollouts), loadOrdersOfFleet(table)]);
  const { items: chosen, ...rest } = pageByNumber(rollouts, newestFirst, { limit: PAGE, ...given(request) });
  const known = await Promise.all(chosen.map(async (one) => ({ one, waves: await loadWavesOf(table, one.id) })));
  const mayWait = known.some(({ one, waves }) => one.status === 'Running' && waveInTurn(waves)?.status === 'Pending');
  const snapshot = mayWait ? await loadSnapshot(table, await table.queryActive(), 'motion') : undefined;
  const items = await Promise.all(
    known.map(async ({ one, waves }) => {
      const left =
        one.status === 'Aborted' && waves.some(({ inFlight }) => inFlight > 0) ? await loadMembers(table, one.id) : [];
      const late = snapshot === undefined ? undefined : unreadyToOpen(snapshot, one, waves, snapshot.members, now);
      const standings = await standingsOf(table, one, waves, await policyOf(table, one), now);
      return summary(withOrders(ofFleet, one), waves, left, standings, late, now);
    }),
  );
  return shortened({ items, ...rest }, newestFirst);
}

export async function loadRolloutDetail(table: Table, id: string, now: Date): Promise<RolloutDetail> {
  const { data: rollout } = await findRollout(table, id);
  const members = await loadMembers(table, id);
  const waves = await loadWavesOf(table, id);
  const policy = await policyOf(table, rollout);
  const standings = await standingsOf(table, rollout, waves, policy, now);
  const [policyDeleted] = deletedAmong(policy === undefined ? [] : [policy]);
  const { stalled, forewarned: told, late } = await foreseen(table, rollout, waves, members, now);
  const [ofFleet, reasonsNow, whyTheyLeft, held] = await Promise.all([
    loadOrdersOfFleet(table),
    loadReasonsNow(table, told.map(asUpgrade)),
    loadWhyTheyLeft(table, told),
    heldOf(table, told),
  ]);
  const shown = told.map((one) => {
    const member = { ...one, reasons: [...whyTheyLeft(one)] };
    const isFree = wasHeld(member) && !held.has(member.clusterKey);
    return { ...member, reasons: [...(isFree ? triedOnce(member) : reasonsNow(asUpgrade(member)))] };
  });
  return {
    ...detail(
      withOrders(ofFleet, {
        ...rollout,
        reasons: [...rollout.reasons, ...stalled, ...waitsForRest(rollout, waves, members)],
      }),
      waves,
      shown,
      standings,
      late,
      now,
    ),
    ...given({ policyDeleted }),
    waysOn: waysOn(rollout, waves),
    standings,
    suspiciousTraits: suspectedTraits(rollout, waves),
  };
}

/** The rollout with what keeps everything of the fleet from going on, before its own reasons. A rollout at rest has nothing that would. */
const withOrders = (ofFleet: readonly Reason[], rollout: Rollout): Rollout =>
  isAtRest(rollout) ? rollout : { ...rollout, reasons: [...ofFleet, ...rollout.reasons] };

const wasHeld = (member: Member): boolean => isTried(member) && member.reasons.some(({ code }) => code === 'Held');

/** Those clusters that were held when they ended and still are: a person may have taken a hold off since. */
async function heldOf(table: Table, members: readonly Member[]): Promise<ReadonlySet<string>> {
  const keys = members.filter(wasHeld).map(({ clusterKey }) => ClusterControls.key(clusterKey));
  const controls = await loadAll(table, ClusterControls, keys);
  return new Set(controls.flatMap(({ clusterKey, held }) => (held === undefined ? [] : clusterKey)));
}

/**
 * Waves that wait for members that never start, to be said before everything else, and the members with what will stop them, and with the traits for
 * which they are set aside by the next look: a success since may have cleared some. This reads nothing where no member waits.
 */
async function foreseen(table: Table, rollout: Rollout, waves: readonly Wave[], members: readonly Member[], now: Date) {
  const isAside = ({ status }: Member): boolean => status === 'Quarantined';
  const waiting = members.filter(({ status }) => status === 'Pending').map(({ clusterKey }) => clusterKey);
  if (waiting.length === 0 && !members.some(isAside)) return { stalled: [], forewarned: members, late: undefined };
  const read = await loadSnapshot(table, await table.queryActive(), 'motion');
  // The scans of members whose wave waits for readiness are in the snapshot already.
  const lacking = waiting.filter((key) => !read.scans?.has(key));
  const snapshot = { ...read, scans: new Map([...(read.scans ?? []), ...(await latestScansOf(table, lacking))]) };
  const rulesOf = memberRules(snapshot, now);
  const suspicionOf = suspects(snapshot, rollout, waves, members, now);
  const asNow = members.map((member) => {
    const why = member.status === 'Pending' || isAside(member) ? suspicionOf(member) : undefined;
    const others = member.reasons.filter(({ code }) => code !== 'SuspiciousTrait');
    return why === undefined ? member : { ...member, reasons: [why, ...others] };
  });
  return {
    stalled: stalledWaves(snapshot, rollout, waves, members, now).map(({ reason: why }) => why),
    late: unreadyToOpen(snapshot, rollout, waves, members, now),
    forewarned: forewarned(snapshot, asNow, now, (member, cluster) => {
      const wave = waves.find(({ index }) => index === member.waveIndex);
      if (wave === undefined) return [];
      const { rules, policyAppliedBy } = rulesOf(rollout.policy, cluster, wave);
      const requesters = { policyAppliedBy, rolloutCreatedBy: rollout.createdBy };
      const known = snapshot.scans.get(cluster.clusterKey);
      return unapprovedOnTheWay(known, cluster, member.to, { spec: rules.wave, wave, requesters }, now);
    }),
  };
}

/** A plan in the shape of the rollout that it would become; members that something known today would stop say so. */
export function planDetail(plan: RolloutPlan, snapshot: FleetSnapshot, now: Date): RolloutDetail {
  const ahead = { ...snapshot, takesLooksForMade: true };
  const stalled = stalledWaves(ahead, plan.rollout, plan.waves, plan.members, now);
  const reasons = [
    ...ordersOfFleet(snapshot).filter(({ code }) => code === 'FleetStopped'),
    ...stalled.map(({ reason: why }) => why),
    ...goesBackBefore(snapshot, plan),
    ...plan.rollout.reasons,
  ];
  const planned: Rollout = { ...plan.rollout, status: 'Planned', reasons };
  // Only a rollout that is there takes the order by which a trait is cleared.
  const id = plan.rollout.carried?.[0]?.rollouts[0] ?? plan.rollout.id;
  const toCome = plan.members.filter(({ status }) => status === 'Pending');
  const suspicionOf = suspects(snapshot, { ...plan.rollout, id }, plan.waves, toCome, now);
  const members = forewarned(snapshot, plan.members, now, (member) => suspicionOf(member) ?? []);
  const leftOut = plan.leftOut.map((one) => ({ ...one, reason: movedBy(snapshot, one) ?? one.reason }));
  const suspiciousTraits = suspectedTraits(plan.rollout, plan.waves);
  return { ...detail(planned, plan.waves, members, [], undefined, now), leftOut, suspiciousTraits };
}

/** A cluster is not at the version of its control plane, and what is behind is nobody's to finish, while the upgrade to there, or the way back, is under way. */
function movedBy(
  { clusters, upgrades }: FleetSnapshot,
  { clusterKey, name, reason }: RolloutPlan['leftOut'][number],
): Reason | undefined {
  const known = clusters.get(clusterKey)?.version;
  if (known === undefined || !(isLag(reason) || reason.code === 'AtTarget')) return undefined;
  const version = KubeVersion.parse(known);
  const ids = [hopTo(version), hopId(version, version), rollbackId(version, version.previous())];
  const moves = upgrades.find((one) => one.clusterKey === clusterKey && ids.includes(one.id) && Upgrades.active(one));
  return moves && sameUnderWay(moves, name);
}

/** The members, each that has not begun with what is known today to stop it on its way, and with what else `others` knows of that. */
function forewarned(
  snapshot: FleetSnapshot,
  members: readonly Member[],
  now: Date,
  others: (member: Member, cluster: ClusterRecord) => Reason | readonly Reason[],
): ShownMember[] {
  const { clusters, scans, grants } = snapshot;
  return members.map((member) => {
    const cluster = member.status === 'Pending' ? clusters.get(member.clusterKey) : undefined;
    if (cluster === undefined) return member;
    const known = scans?.get(member.clusterKey);
    const nodes = nodesIn(snapshot, cluster);
    const { verdict, reasons } = readinessOfMember(cluster, member, { scans: known, now, nodes });
    const onTheWay = [
      ...busyWith(grants.find((grant) => grant.clusterKey === member.clusterKey)),
      ...underWayOf(snapshot, { id: member.rolloutId }, member),
      ...(isFinish(member)
        ? [nodesFirst(snapshot, cluster, member, now) ?? [], reasons].flat()
        : blockersOnTheWay(cluster, known, member.to, nodes, now)),
    ];
    return {
      ...member,
      readiness: verdict,
      reasons: [...member.reasons, ...onTheWay, ...[others(member, cluster)].flat()],
    };
  });
}

/** The policy of the rollout as the table has it, also one that somebody has deleted. */
const policyOf = async (table: Table, { policy }: Rollout): Promise<AppliedConfig | undefined> =>
  (await load(table, Configs, 'UpgradePolicy', policy))?.data;

function detail(
  rollout: Rollout,
  waves: readonly Wave[],
  members: readonly ShownMember[],
  standings: readonly WaveStanding[],
  late: Unready | undefined,
  now: Date,
): RolloutDetail {
  const ordered = members
    .map((member) => {
      const wave = waves.find(({ index }) => index === member.waveIndex);
      const back = wave && goesBackItself(wave, member.clusterKey);
      return back === undefined ? member : { ...member, goesBack: true as const, reasons: [back, ...member.reasons] };
    })
    .sort((a, b) => a.waveIndex - b.waveIndex || a.position - b.position);
  return {
    ...summary(rollout, waves, members, standings, late, now),
    waveDetails: waves.map((wave) => {
      const held = standings.find(({ index }) => index === wave.index)?.soakHeldBy;
      const others = wave.reasons.filter(({ code }) => code !== 'Soaking');
      return toldWave(held === undefined ? wave : { ...wave, reasons: [held, ...others] }, now);
    }),
    members: ordered,
  };
}

/** The member as what stands for its upgrade. */
const asUpgrade = (member: Member) => ({ ...member, mutated: member.inFlight });

/** The waves count members that an abort has left half done as in flight, since they keep their places; only the members tell that they are left. */
function summary(
  rollout: Rollout,
  waves: readonly Wave[],
  members: readonly Member[],
  standings: readonly WaveStanding[],
  late: Unready | undefined,
  now: Date,
) {
  const next = waveInTurn(waves);
  const lacking = standings.find(({ index }) => index === next?.index)?.approvalReasons ?? [];
  const waitsForApproval = rollout.status === 'Running' && lacking.length > 0 ? (next?.name ?? null) : null;
  const isLate = next !== undefined && late !== undefined && waitsForApproval === null;
  const asksHooks = rollout.status === 'Running' || rollout.status === 'Halted';
  const asked = next ?? lastPassed(waves);
  const sums = COUNTERS.map((counter) => [counter, waves.reduce((sum, wave) => sum + wave[counter], 0)]);
  const sum = Object.fromEntries(sums) as Omit<RolloutProgress, 'leftHalfDone'>;
  const left = members.filter((member) => leftByAbort(asUpgrade(member), rollout) !== undefined).length;
  const back = AT_REST.includes(rollout.status) ? undefined : goesBack(waves);
  return {
    ...toldRollout(rollout, now),
    reasons: [...(back === undefined ? [] : [back]), ...rollout.reasons],
    progress: { ...sum, inFlight: sum.inFlight - left, leftHalfDone: left },
    /** The wave that is open; null before the first and after the last. */
    currentWave: waves.find((wave) => wave.status !== 'Pending' && !PASSED_WAVES.includes(wave.status))?.name ?? null,
    /** The wave whose turn it is and that may not begin for want of approval; null where there is none, or the rollout does not run. */
    waitsForApproval,
    /** Whether the wave waits because a person has rejected it, which no other approval overrules. */
    isRejected: waitsForApproval !== null && lacking.some(({ code }) => code === 'ApprovalRejected'),
    /** The wave whose turn it is and that waits for clusters to be ready (`requireReady`), with their number; null while an approval comes first. */
    waitsForReadiness: isLate ? { wave: next.name, clusters: late.members.length } : null,
    /**
     * The wave that does not open before its hooks say go, or the last one, before whose hooks have said go the rollout does not end; whether they are
     * asked now or have halted the rollout. Null where there is none.
     */
    waitsForHooks: asksHooks && asked !== undefined && withoutHooks(asked) !== undefined ? asked.name : null,
    /** The wave that proves too little to pass and that an approver may let pass; null where there is none. */
    waitsForPromotion: isAtRest(rollout) ? null : (waitingForPromotion(waves)?.name ?? null),
  };
}

const loadWavesOf = async (table: Table, id: string): Promise<Wave[]> =>
  (await loadWaves(table, id)).map(({ data }) => data);

/** Where a wave stands under its policy as applied now, which its item alone does not tell. */
export type WaveStanding = Awaited<ReturnType<typeof standingsOf>>[number];

/** A rollout that is at rest forecasts nothing, soaks nothing and asks nobody. */
const isAtRest = ({ status }: Rollout): boolean => AT_REST.includes(status);

/** A wave in which no cluster needs work is skipped, whoever has approved it. */
const isEmpty = (wave: Wave): boolean => wave.status === 'Pending' && unsettledIn(wave) === 0;

/** Whether something in the wave may still begin by its approvals. */
const isAsked = (rollout: Rollout, wave: Wave): boolean =>
  !isAtRest(rollout) && !isEmpty(wave) && (wave.status === 'Pending' || wave.status === 'Open');

/** The standings of waves. Where their policy is gone, or cannot be read, nothing can be told of what they ask for. */
async function standingsOf(
  table: Table,
  rollout: Rollout,
  waves: readonly Wave[],
  known: AppliedConfig | undefined,
  now: Date,
) {
  const applied = inForce(known);
  const policy = upgradePolicy(applied);
  const { authors: policyAppliedBy } = await loadAuthors(table, applied);
  const requesters = { policyAppliedBy, rolloutCreatedBy: rollout.createdBy };
  const first = waveInTurn(waves);
  const acts = !isAtRest(rollout);
  const standingOf = async (wave: Wave) => {
    const spec = waveNamed(policy, wave.name);
    const soak = acts && wave.status === 'Soaking' ? soakOf(wave, spec, now) : undefined;
    // A retry has opened an earlier wave again: until that one has passed, this soak does not end.
    const isHeld = soak !== undefined && first !== undefined && first.index < wave.index;
    const ruling = isAsked(rollout, wave) ? await rulingWaves(table, policy, wave) : [];
    const lacking = ruling.flatMap((one) => approvalRefusals(one, wave, requesters, now));
    const outdated = whyOutdated(rollout, waves, wave, applied);
    const approvals = ruling.flatMap(({ approval }) => (approval?.before === true ? approval.approvals : []));
    const named = spec?.approval?.before === true && !isEmpty(wave) ? spec.approval.approvals : 0;
    return {
      index: wave.index,
      /** When the soak will be over if every gate stays green; null while the wave does not soak, a gate is not green, or an earlier wave comes first. */
      soakUntil: isHeld ? null : (soak?.until?.toISOString() ?? null),
      /** The earlier wave that has to pass before the soak ends. */
      ...given({ soakHeldBy: isHeld ? heldBack(first, wave, soak.until) : undefined }),
      /** How many approvals the wave asks for; 0 = none. */
      approvalsWanted: Math.max(named, ...approvals),
      /** Why the wave may not begin for want of approval; empty = it may begin, or has begun. */
      approvalReasons: lacking.length > 0 && outdated !== undefined ? [outdated] : lacking,
      /** The most clusters that can fail before nothing more starts; null where nothing starts any more. */
      worstCase: acts ? worstCaseNow(wave) : null,
      /** Where the order to pass the wave's windows stands; null where there is none. */
      breakGlass: waveGlass(wave, policy?.spec.breakGlass, now),
    };
  };
  return Promise.all(waves.map(standingOf));
}

function heldBack(first: Wave, { name }: Wave, until: Date | undefined): Reason {
  const { code, message } = unsettled(first);
  const soaked = until === undefined ? '' : `, and not before ${until.toISOString()}`;
  return { code, message: `${message} The soak of ${name} ends after that${soaked}.` };
}
