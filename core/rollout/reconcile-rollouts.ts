import { errorMessage, errorName } from '../contracts/errors.ts';
import type { GateReading } from '../contracts/items/gate.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { LearnedDurations, ReconcileMarker, Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { isSame } from '../model/is-same.ts';
import { isAwaited } from '../policy/cluster-tags.ts';
import { waveNamed } from '../policy/wave-of.ts';
import type { Clock, GateReader } from '../ports/outside.ts';
import type { Ports } from '../ports/ports.ts';
import type { StoredItem, Table } from '../ports/table.ts';
import { mayExtendSupport } from '../protocol/rollback-view.ts';
import { fitsNoWindow, NO_ROOM } from '../protocol/settle-decision.ts';
import { isUndo } from '../protocol/undo.ts';
import { revisionOf, transactWithAudit } from '../store/audit.ts';
import { writeUnrecorded } from '../store/change.ts';
import { Epochs, Grants, Learned, ReconcileMarkers, Rollouts, Upgrades } from '../store/entities.ts';
import { decode, isContention, load, put, type Read, replace } from '../store/entity.ts';
import { carryOut, freeLost, type LostGrant, type Problem } from './carry-out.ts';
import { beginsWave, decide } from './decide.ts';
import type { Decision } from './decisions.ts';
import { loadSnapshot, type SnapshotScope } from './load-snapshot.ts';
import { NOTHING_OVERDUE, type Overdue, overdueWaves } from './overdue-waves.ts';
import { type FleetSnapshot, policyMatch } from './snapshot.ts';
import { tellDeadlines } from './tell-deadlines.ts';
import { atRest } from './tried.ts';
import { waveAskedBeforeNext } from './wave-end.ts';

export type ReconcilePorts = Pick<
  Ports,
  'table' | 'eks' | 'executions' | 'events' | 'clock' | 'gates' | 'hooks' | 'ids'
>;

export interface ReconcileResult {
  /** `idle`: nothing is in motion; it took one query. */
  readonly look: 'idle' | 'active' | 'full';
  readonly applied: number;
  /** How many members and upgrades wait; why is asked of `explain`: reasons of 10,000 would not fit into the answer of a function. */
  readonly waiting: number;
  /** Running upgrades without a sign of life for a day. */
  readonly stuck: number;
  /** What waits for people for too long. */
  readonly overdue: Overdue;
  /** Decisions that could not be carried out; the others were. Each is tried again at the next tick. */
  readonly problems: readonly Problem[];
}

/** What a decision opens (a wave, a grant) is decided in the same tick, up to this depth. */
const ROUNDS = 4;
/** A fleet at rest is not asked each minute when it was looked at last; whoever learns something new puts the mark into the index. */
const MARKER_EVERY_MINUTES = 10;
const FULL_LOOK_EVERY_MINUTES = 60;
const IDLE = { look: 'idle', applied: 0, waiting: 0, stuck: 0, overdue: NOTHING_OVERDUE, problems: [] } as const;

/**
 * One tick. Reads what is not at rest through the sparse index; with nothing in motion that is all. Two at once are harmless: every write is
 * conditional (protocol.md, One mutating call).
 */
export async function reconcileRollouts(
  ports: ReconcilePorts,
  wake: { readonly endedExecution?: string } = {},
): Promise<ReconcileResult> {
  const { table } = ports;
  let active = await table.queryActive();
  const now = ports.clock.now();
  const listed = active.find(({ kind }) => kind === ReconcileMarkers.kind);
  const isTurn = now.getUTCMinutes() % MARKER_EVERY_MINUTES === 0;
  if (listed === undefined && !isTurn && !active.some(isInMotion)) return IDLE;
  const marker = listed === undefined ? await loadMarker(ports) : decode(ReconcileMarkers, listed);
  const lastFull = marker.data.lastFullAt;
  const full =
    marker.data.dirtySince !== undefined ||
    marker.data.lookBegunAt !== undefined ||
    lastFull === undefined ||
    minuteOf(now) - minuteOf(new Date(lastFull)) >= FULL_LOOK_EVERY_MINUTES;
  if (!full && !active.some(isInMotion)) return IDLE;

  const look = await beginLook(ports, marker);
  // What was marked since it was listed, while a mark stood already, would be cleared with that mark.
  if (look !== marker) active = await table.queryActive();
  const tick: Tick = { applied: 0, problems: [], lost: [], unplanned: false };
  let whole: FleetSnapshot | undefined;
  let overdue = NOTHING_OVERDUE;
  let counts = { waiting: 0, stuck: 0 };
  let isWhole = full;
  for (let round = 0; round < ROUNDS; round += 1) {
    const isFirst = round === 0;
    // What a full look has planned is looked at whole in the same tick; otherwise a change of a cluster has brought a full look already.
    const read = isWhole
      ? await fullLook(ports, active, active.some(isInMotion) ? undefined : lastFull)
      : await snapshotOf(ports, active, full ? 'motion' : 'turn');
    const snapshot = { ...read, gateReadings: isFirst ? await readGates(ports, read) : new Map() };
    const at = ports.clock.now();
    const { decisions, waiting } = decide(snapshot, at);
    counts = { waiting: waiting.length, stuck: stuckUpgrades(snapshot.upgrades, at).length };
    // Only the first round has looked at everything.
    if (isFirst) overdue = overdueWaves(snapshot, at);
    if (isFirst && full) whole = read;
    const due = isFirst ? decisions : decisions.filter(({ type }) => !IN_FIRST_ROUND.includes(type));
    // Waves of an aborted rollout end once their members have left, and no other look reads what is at rest.
    const resting = new Set(atRest(read).map(({ id }) => id));
    isWhole = due.some((one) => one.type === 'change-member' && resting.has(one.member.rolloutId));
    const moved = await carryOutAll(ports, due, { snapshot, marker: look, endedExecution: wake.endedExecution }, tick);
    if (!moved) break;
    active = await table.queryActive();
  }
  if (whole !== undefined) {
    tick.problems.push(...(await deadlineNews(ports, whole)));
    // What could not be planned anew rested on something that has moved, or that nobody can read: the next tick looks at everything again.
    if (!tick.unplanned && !isBlind(whole)) {
      const isAtRest = !active.some(isInMotion);
      await markFull(table, look, whole, { lastFullAt: now.toISOString(), ...(isAtRest && { atRest: true }) });
    }
  }
  // Whoever waits for their places has the next tick.
  for (const carried of await freeLost(ports, tick.lost)) note(tick, carried);
  const { applied, problems } = tick;
  return { look: full ? 'full' : 'active', applied, ...counts, overdue, problems };
}

/** What a tick has carried out so far. */
interface Tick {
  applied: number;
  readonly problems: Problem[];
  readonly lost: LostGrant[];
  /** Whether members do not follow the plan yet that they are to follow: then no wave begins. */
  unplanned: boolean;
}

/** A question takes up to ten seconds, however many are asked: what the later rounds would ask is for the next tick. */
const IN_FIRST_ROUND: readonly Decision['type'][] = ['look-after-grant', 'ask-hook'];

/**
 * Carries decisions out, questions first and all together. Returns whether anything moved that may open something more: a grant takes room and makes
 * none, and one that is only watched opens nothing, so that one reading of the fleet is enough then.
 */
async function carryOutAll(
  ports: ReconcilePorts,
  decisions: readonly Decision[],
  by: Parameters<typeof carryOut>[2],
  tick: Tick,
): Promise<boolean> {
  const questions = decisions.filter(({ type }) => type === 'ask-hook');
  const others = decisions.filter(({ type }) => type !== 'ask-hook');
  const asked = new Map(
    await Promise.all(questions.map(async (one) => [one, await carryOut(ports, one, by)] as const)),
  );
  let moved = false;
  for (const decision of [...questions, ...others]) {
    if (tick.unplanned && beginsWave(decision)) continue;
    const carried = asked.get(decision) ?? (await carryOut(ports, decision, by));
    if (decision.type === 'follow-plan' || (decision.type === 'replan' && carried !== 'changed')) tick.unplanned = true;
    note(tick, carried);
    moved ||= carried === 'changed' && decision.type !== 'grant-member';
  }
  return moved;
}

function note(tick: Tick, carried: Awaited<ReturnType<typeof carryOut>>): void {
  if (carried === 'changed') tick.applied += 1;
  else if (carried === 'unchanged') return;
  else if ('lost' in carried) tick.lost.push(carried.lost);
  else tick.problems.push(carried);
}

/** Minutes since 1970: a tick that runs a few milliseconds sooner in its minute than the look before finds the hour over all the same. */
const minuteOf = (instant: Date): number => Math.floor(instant.getTime() / 60_000);

/** Whether a rollout under way goes by what this version cannot read, or nobody has looked at: what has changed is planned for after that. */
const isBlind = ({ fleet, rollouts, unreadablePolicies, members, clusters }: FleetSnapshot): boolean =>
  members.some(({ clusterKey }) => isAwaited(clusters.get(clusterKey), fleet)) ||
  rollouts.some(({ policy }) => fleet === undefined || unreadablePolicies.some(({ name }) => name === policy));

/** Members and waves of a rollout that is not under way wait for a person, and so do their parked upgrades: they move nothing by themselves. */
function isInMotion(item: StoredItem): boolean {
  if (item.kind === Grants.kind || item.kind === Rollouts.kind) return true;
  return item.kind === Upgrades.kind && decode(Upgrades, item).data.rolloutId === undefined;
}

/** The first tick of an installation that reads it writes the marker; it stays for ever. */
async function loadMarker({ table }: ReconcilePorts): Promise<Read<ReconcileMarker>> {
  const stored = await load(table, ReconcileMarkers);
  if (stored !== undefined) return stored;
  await writeUnrecorded(table, [put(ReconcileMarkers, {}, 'absent')]);
  return { key: ReconcileMarkers.key(), data: {}, revision: 1 };
}

/**
 * With nothing in motion members and waves of what has ended only matter where something would be planned without them, since they keep
 * clusters out that had their try, and where more has ended since the last full look to learn from; accounts only where something would be
 * planned.
 * `lookedAt`: when that was; undefined while something is in motion.
 */
async function fullLook(
  ports: ReconcilePorts,
  active: readonly StoredItem[],
  lookedAt: string | undefined,
): Promise<FleetSnapshot> {
  if (lookedAt !== undefined) {
    const snapshot = await snapshotOf(ports, active, 'rollouts');
    const hasEnded = snapshot.history?.rollouts.some(({ endedAt = '' }) => endedAt > lookedAt) === true;
    const { decisions } = decide(snapshot, ports.clock.now());
    if (!hasEnded && !decisions.some(({ type }) => type === 'create-rollout')) return snapshot;
  }
  return snapshotOf(ports, active, 'history');
}

/**
 * Minutes since 2026. An installation that comes after another one, as after a removal, counts the attempts of a cluster from the first again. With
 * the same epoch it would send tokens that EKS may know from the other one (facts: eks.md §2.4), and answer with that one's update or refuse.
 */
const firstEpoch = (at: Date): number => Math.max(1, Math.floor(revisionOf(at) / 60_000));

/** A new installation begins with an epoch of its own. A table that has granted before and has no epoch is being restored: nothing goes on there. */
async function snapshotOf(
  { table, clock }: ReconcilePorts,
  active: readonly StoredItem[],
  scope: SnapshotScope,
): Promise<FleetSnapshot> {
  const snapshot = await loadSnapshot(table, active, scope, clock.now());
  if (snapshot.history === undefined || snapshot.epoch !== undefined) return snapshot;
  if ((await table.queryKind(Grants.kind)).length > 0) return snapshot;
  const now = clock.now();
  const epoch = { number: firstEpoch(now) };
  const entry = { subject: 'fleet', event: 'Installed', principal: LIFTLOCK, detail: { epoch: epoch.number } };
  await transactWithAudit(table, [put(Epochs, epoch, 'absent')], [entry], now);
  return { ...snapshot, epoch };
}

/** A look that has all clusters at hand tells of their deadlines. Nothing else stops when that fails. */
async function deadlineNews(ports: ReconcilePorts, snapshot: FleetSnapshot): Promise<ReconcileResult['problems']> {
  const { fleet, regions, clusters } = snapshot;
  try {
    const watched = (fleet?.regions ?? []).flatMap((region) => regions.get(region) ?? []);
    await tellDeadlines(ports, watched, [...clusters.values()], (cluster) => {
      const match = policyMatch(snapshot, cluster);
      return match.type === 'one' && mayExtendSupport(match.policy.spec);
    });
    return [];
  } catch (error) {
    return [{ decision: 'tell-deadlines', error: errorName(error), message: errorMessage(error) }];
  }
}

/** Takes the mark off before clusters, rules and history are read: what comes in meanwhile is marked anew, and is not taken for seen. */
async function beginLook({ table, clock }: ReconcilePorts, marker: Read<ReconcileMarker>): Promise<typeof marker> {
  const { dirtySince, ...rest } = marker.data;
  if (dirtySince === undefined) return marker;
  const data = { ...rest, lookBegunAt: clock.now().toISOString() };
  try {
    await writeUnrecorded(table, [replace(ReconcileMarkers, marker, data)]);
    return { ...marker, data, revision: marker.revision + 1 };
  } catch (error) {
    // Somebody else looks as well: this look then clears nothing.
    if (isContention(error)) return marker;
    throw error;
  }
}

/** Says that all was looked at, and keeps what the fleet's history teaches where that is new; what came in meanwhile keeps its mark. */
async function markFull(
  table: Table,
  marker: Read<ReconcileMarker>,
  { history, learned: known }: FleetSnapshot,
  next: ReconcileMarker,
): Promise<void> {
  try {
    const writes = [replace(ReconcileMarkers, marker, next)];
    const taught = learnedFrom(history?.waves ?? []);
    if (marker.data.learned !== undefined || (taught !== undefined && !isSame(known, taught))) {
      const stored = await load(table, Learned);
      const learned = taught ?? stored?.data ?? marker.data.learned;
      if (learned !== undefined) writes.push(replace(Learned, stored, learned));
    }
    await writeUnrecorded(table, writes);
  } catch (error) {
    if (!isContention(error)) throw error;
  }
}

/** No step of a healthy upgrade goes on for longer without anything to tell, but for the roll of a very large node group. */
const STUCK_HOURS = 24;

/**
 * What an upgrade has left is taken back at once where nothing is in the way; the silence of alarms ends by itself. What AWS, a function of Liftlock or
 * an API server denies or leaves unanswered for so long may do so for ever, and the upgrade looks again without end.
 */
const UNDONE_HOURS = 1;

/**
 * Upgrades that run and of which no step has begun, ended or changed for a day, those that park in vain for an hour, or for a day since nodes are
 * down, those that fit into none of their windows, and what has tried for an hour to take back what one has left: an alarm counts them.
 */
export function stuckUpgrades(upgrades: readonly Upgrade[], now: Date): Upgrade[] {
  const before = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();
  return upgrades.filter((upgrade) => {
    const { status, startedAt = '', reasons, parkedFor } = upgrade;
    if (fitsNoWindow(upgrade)) return true;
    if (parkedFor !== undefined && isInVain(parkedFor, before(UNDONE_HOURS))) return true;
    if (status === 'Running') return lastSign(upgrade) < before(STUCK_HOURS);
    const endsByItself = reasons.every(({ code }) => code === 'NotLifted');
    return isUndo(upgrade) && status === 'Parked' && !endsByItself && startedAt < before(UNDONE_HOURS);
  });
}

/** It was tried for that long, and not so long ago that it goes on by now, or waits for something else, as for its window. */
const isInVain = ({ code, since, last }: NonNullable<Upgrade['parkedFor']>, anHourAgo: string): boolean =>
  last >= anHourAgo &&
  Date.parse(last) - Date.parse(since) >=
    (NO_ROOM.some((one) => one === code) ? STUCK_HOURS : UNDONE_HOURS) * 3_600_000;

function lastSign(upgrade: Upgrade): string {
  const times = Object.values(upgrade.steps).flatMap((step) => [step.startedAt, step.endedAt ?? step.startedAt]);
  return [upgrade.startedAt ?? '', ...times].reduce((latest, time) => (time > latest ? time : latest), '');
}

/** What the waves of all rollouts have taken. Undefined while no upgrade has succeeded without waiting in between. */
export function learnedFrom(waves: readonly Wave[]): LearnedDurations | undefined {
  const seconds = waves.flatMap((wave) => wave.durations ?? []).sort((a, b) => a - b);
  if (seconds.length === 0) return undefined;
  const succeeded = waves.reduce((sum, wave) => sum + wave.succeeded, 0);
  const failed = waves.reduce((sum, wave) => sum + wave.failed, 0);
  return {
    count: seconds.length,
    p50: quantile(seconds, 0.5),
    p90: quantile(seconds, 0.9),
    failureRate: succeeded + failed === 0 ? 0 : failed / (succeeded + failed),
  };
}

/** Nearest rank: a duration that was really seen. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** Events wake the reconciler more often; a gate is not asked again within this. */
const AT_MOST_EVERY_MILLISECONDS = 30_000;

/** Reads the gates of every wave that soaks, or has passed and is followed by one that has not begun, as `<rolloutId>/<waveIndex>`. */
export async function readGates(
  ports: { readonly gates: GateReader; readonly clock: Clock },
  snapshot: FleetSnapshot,
): Promise<ReadonlyMap<string, readonly GateReading[]>> {
  const now = ports.clock.now().getTime();
  const watched = snapshot.waves.flatMap((wave) => {
    const gates = gatesOf(snapshot, wave);
    const checked = wave.gates === undefined ? 0 : Date.parse(wave.gates.checkedAt);
    return gates.length === 0 || now - checked < AT_MOST_EVERY_MILLISECONDS ? [] : [{ wave, gates }];
  });
  const hosts = snapshot.fleet?.allowedHosts ?? [];
  return new Map(
    await Promise.all(
      watched.map(
        async ({ wave, gates }) =>
          [
            `${wave.rolloutId}/${wave.index}`,
            await Promise.all(gates.map((gate) => ports.gates.read(gate, hosts))),
          ] as const,
      ),
    ),
  );
}

function gatesOf(snapshot: FleetSnapshot, wave: Wave) {
  const all = snapshot.waves.filter(({ rolloutId }) => rolloutId === wave.rolloutId);
  if (wave.status !== 'Soaking' && waveAskedBeforeNext(all)?.index !== wave.index) return [];
  const rollout = snapshot.rollouts.find(({ id }) => id === wave.rolloutId);
  const policy = rollout === undefined ? undefined : snapshot.policies.get(rollout.policy)?.policy;
  return waveNamed(policy, wave.name)?.gates ?? [];
}
