import type { LiftlockEvent } from '../contracts/events.ts';
import type { ClusterControl } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { changesNoCluster } from '../contracts/mutating-calls.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { clusterNameOf } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import { hopId, hopTo, isRollback, rollbackId } from '../model/hop.ts';
import { toReadAgain } from '../model/lag.ts';
import { upgradePolicy } from '../policy/applied.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import type { AuditEntry } from '../store/audit.ts';
import { auditEntry, changeAndTell, clusterHeld, upgradeChanged, waveChanged, writeMark } from '../store/change.ts';
import {
  ClusterControls,
  Clusters,
  Configs,
  Grants,
  loadWaves,
  Members,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { batched, load, type Read, readAhead, replace, unchanged } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { intentsOf, mayHaveActed } from './intent-store.ts';
import { hasGoneBack } from './left-half-done.ts';
import { beginRollback, isOnItsWayBack, takeHopBack, turnGivenBack, withoutHoldOf } from './rollback.ts';
import { rollbackEnd, wayBackFrom } from './rollback-view.ts';
import { type Settlement, settle, type UpgradeEnd, waveWithout, withoutPlace } from './settle-decision.ts';
import { openUndoEntries, undoOf } from './undo.ts';

/**
 * Ends (or parks) the upgrade of a grant in one transaction with its member's and wave's counters and, where it failed, the hold on its cluster. Only
 * the first caller does it: an upgrade that is not Running any more stays as it is. Returns the upgrade as it stands afterwards. `grantedUpgrade`:
 * the id of the grant's upgrade where the caller knows it, so that both are read together.
 */
export function settleUpgrade(
  ports: Pick<Ports, 'table' | 'clock' | 'events'>,
  clusterKey: string,
  grantNumber: number,
  end: UpgradeEnd,
  grantedUpgrade?: string,
): Promise<Upgrade | undefined> {
  return changeAndTell<Upgrade | undefined>(ports, async (now) => {
    const { table } = ports;
    const granted = await readGranted(table, clusterKey, grantNumber, grantedUpgrade);
    if (granted?.upgrade?.data.status !== 'Running') return { result: granted?.upgrade?.data };
    const running = await readRunning(table, granted.upgrade);
    const { upgrade, member, wave } = running;
    const settlement = settle(now, upgrade, member?.data, wave?.data, end);
    const back = await hopTakenBack(table, settlement.upgrade, now);
    const hop = back === undefined ? await hopFailedBeside(table, running, settlement, now) : undefined;
    const { rollback, refused } = await rollbackOf(table, settlement, end, now);
    const settled = {
      ...settlement.upgrade,
      reasons: [...settlement.upgrade.reasons, ...(refused === undefined ? [] : [refused])],
    };
    const ownWave = rollback?.wave ?? settlement.wave;
    const held = heldBy(running, settlement, { back, hop, now });
    const control = controlAfter(running, settled, held);
    const ended = [settled, hop?.upgrade, ...(back?.hops ?? [])].filter((one) => one !== undefined);
    // The events also say until when a person may take the hop back, and that of the hold what becomes of the cluster: it goes back by itself, or the
    // budget lets no more clusters do so.
    const wayBack = wayBackOf(settled, now);
    const becomes = [rollback?.upgrade.reasons[0], refused, ...wayBack].filter((one) => one !== undefined);
    return {
      result: settled,
      writes: [
        unchanged(Grants, granted.grant, clusterKey),
        replace(Upgrades, running.read, settled),
        ...(settlement.member === undefined ? [] : [replace(Members, member, settlement.member)]),
        ...(ownWave === undefined ? [] : [replace(Waves, wave, ownWave)]),
        ...(control === undefined ? [] : [replace(ClusterControls, running.control, control)]),
        // A rollout elsewhere in which this cluster waits hears of the hold before the cluster's turn comes.
        ...(held === undefined ? [] : [await writeMark(table, now)]),
        ...(hop?.writes ?? []),
        ...(back?.writes ?? []),
        ...(rollback?.writes ?? []),
        ...(await turnGivenBack(
          table,
          settled,
          back?.waves.map(({ after }) => after),
        )),
        ...(await undoLeft(table, settled, running, now)),
        ...(await clusterToReadAgain(table, running, end)),
      ],
      record: [
        ...ended.map((one) => upgradeEntry(clusterKey, one)),
        ...(rollback === undefined ? [] : [begunEntry(rollback.upgrade)]),
        ...(held === undefined ? [] : [auditEntry(clusterKey, 'ClusterHeld', LIFTLOCK, { reason: held.reason })]),
      ],
      ...given({ chain: running.chain }),
      events: ([change, ...more]) => [
        upgradeChanged({ ...settled, reasons: [...settled.reasons, ...wayBack] }, change),
        ...(held === undefined ? [] : [clusterHeld(clusterKey, [held.reason, ...becomes], more.at(-1))]),
        ...waveStatusChanged(wave?.data, ownWave, change),
        ...waveStatusChanged(hop?.before, hop?.wave, more[0]),
        ...(back?.waves ?? []).flatMap(({ before, after }) => waveStatusChanged(before, after, more[0])),
      ],
    };
  });
}

/** Until when EKS takes back a hop that has ended, or waits, after its control plane had moved. */
function wayBackOf(hop: Upgrade, now: Date): Reason[] {
  const { clusterKey, from, to, status } = hop;
  const isOut = isRollback(hop) || from === to || status === 'Canceled' || status === 'RolledBack';
  const since = isOut ? undefined : wayBackFrom(hop);
  if (since === undefined || rollbackEnd(since) <= now) return [];
  const name = clusterNameOf(clusterKey);
  const said = `EKS takes ${name} back from ${to} to ${from} until ${rollbackEnd(since).toISOString()} at the latest: liftlock rollback cluster ${name} --dry-run says what that would do.`;
  return [reason('HopReversible', said)];
}

/** The grant of that number with its upgrade; undefined where the cluster's grant is another one or free. */
async function readGranted(table: Table, clusterKey: string, grantNumber: number, grantedUpgrade: string | undefined) {
  const ahead = grantedUpgrade === undefined ? [] : [Upgrades.key(clusterKey, grantedUpgrade)];
  const reader = await readAhead(table, [Grants.key(clusterKey), ...ahead]);
  const grant = await load(reader, Grants, clusterKey);
  if (grant === undefined || grant.data.number !== grantNumber || grant.data.status === 'free') return undefined;
  return { grant, upgrade: await load(reader, Upgrades, clusterKey, grant.data.upgradeId) };
}

/** What the end of a running upgrade rests on. `upgrade` says as its intents do whether it has changed its cluster. */
async function readRunning(table: Table, read: Read<Upgrade>) {
  const { clusterKey, id, rolloutId, waveIndex } = read.data;
  const hasMember = rolloutId !== undefined && waveIndex !== undefined;
  const others = batched(table);
  const [member, wave, control, { changes, chain }, left] = await Promise.all([
    hasMember ? load(others, Members, rolloutId, waveIndex, clusterKey) : undefined,
    hasMember ? load(others, Waves, rolloutId, waveIndex) : undefined,
    load(others, ClusterControls, clusterKey),
    changesOf(table, read.data),
    openUndoEntries(table, clusterKey, id),
  ]);
  return { read, upgrade: { ...read.data, ...changes }, hasMember, member, wave, control, chain, left };
}

type Running = Awaited<ReturnType<typeof readRunning>>;

/**
 * The hop that ends with its rollback. It is over once the control plane is back, also where a check of the rollback fails or waits after that: the
 * cluster is back even if somebody gives the rollback up then. The same holds where the rollback failed while EKS still takes the control plane back
 * and nobody waits for it any more.
 */
async function hopTakenBack(table: Table, rollback: Upgrade, now: Date) {
  if (!isRollback(rollback)) return undefined;
  const { status } = rollback;
  const isOver =
    status === 'Succeeded' ||
    (hasGoneBack(rollback)
      ? status === 'Parked' || status === 'Failed'
      : status === 'Failed' && (await isOnItsWayBack(table, rollback)));
  return isOver ? takeHopBack(table, rollback, now) : undefined;
}

/**
 * The half-way hop that a rollout has parked on the cluster of a single step: when the step fails, the hop fails with it. The hop has no grant that
 * would be freed later, so its place in the wave is given back at once.
 */
async function hopFailedBeside(table: Table, { upgrade, hasMember }: Running, settlement: Settlement, now: Date) {
  if (settlement.hold === undefined || !upgrade.mutated || hasMember) return undefined;
  const beside = await hopBeside(table, upgrade);
  if (beside === undefined) return undefined;
  const { reasons } = settlement.upgrade;
  const ended = settle(now, beside.upgrade.data, undefined, undefined, { status: 'failed', reasons });
  const failed = withoutPlace(beside.member.data, 'Failed', reasons);
  const wave = waveWithout(beside.wave.data, beside.member.data, failed, now);
  const writes = [
    replace(Upgrades, beside.upgrade, ended.upgrade),
    replace(Members, beside.member, failed),
    replace(Waves, beside.wave, wave),
  ];
  return { upgrade: ended.upgrade, before: beside.wave.data, wave, writes };
}

/** The hop at the versions that the single step is about. */
async function hopBeside(table: Pick<Table, 'get'>, { clusterKey, from }: Upgrade) {
  const version = KubeVersion.parse(from);
  for (const id of [hopTo(version), hopId(version, version), hopTo(version.next())]) {
    const upgrade = await load(table, Upgrades, clusterKey, id);
    const { rolloutId, waveIndex, status, mutated } = upgrade?.data ?? {};
    if (upgrade === undefined || status !== 'Parked' || mutated !== true) continue;
    if (rolloutId === undefined || waveIndex === undefined) continue;
    const rollout = await load(table, Rollouts, rolloutId);
    const member = await load(table, Members, rolloutId, waveIndex, clusterKey);
    const wave = await load(table, Waves, rolloutId, waveIndex);
    const goesOn = rollout !== undefined && rollout.data.status !== 'Aborted';
    if (goesOn && member?.data.status === 'Parked' && wave !== undefined) return { upgrade, member, wave };
  }
  return undefined;
}

interface Begun {
  readonly rollback?: { readonly upgrade: Upgrade; readonly wave: Wave; readonly writes: readonly WriteOperation[] };
  /** Why no rollback begins by itself although one is due. */
  readonly refused?: Reason;
}

/** The rollback that begins with the end of a hop, where its policy says so and something got worse. */
async function rollbackOf(
  table: Pick<Table, 'get' | 'queryPartition'>,
  { upgrade, wave }: Pick<Settlement, 'upgrade' | 'wave'>,
  { worse = [] }: UpgradeEnd,
  now: Date,
): Promise<Begun> {
  if (upgrade.status !== 'Failed' || wave === undefined || worse.length === 0) return {};
  const before = await load(table, Upgrades, upgrade.clusterKey, rollbackId(upgrade.to, upgrade.from));
  // A person has asked for this rollback already, and it goes on as theirs.
  if (before !== undefined && Upgrades.active(before.data)) return {};
  const rollout = await load(table, Rollouts, wave.rolloutId);
  if (rollout === undefined || rollout.data.status === 'Aborted') return {};
  const { policy } = rollout.data;
  const applied = await load(table, Configs, 'UpgradePolicy', policy);
  // The step that found the cluster worse has read the policy before this transaction, and the policy may have been withdrawn since.
  if (upgradePolicy(applied?.data)?.spec.rollback.automatic !== true) return {};
  const others = (await loadWaves(table, wave.rolloutId)).filter(({ data }) => data.index !== wave.index);
  const begun = beginRollback(upgrade, wave, [wave, ...others.map(({ data }) => data)], worse, now);
  if ('refused' in begun) return begun;
  // The budget of rollbacks counts all waves together, so the transaction checks the other waves too.
  const counted = others.map((one) => unchanged(Waves, one, one.data.rolloutId, one.data.index));
  const rests = [unchanged(Rollouts, rollout, wave.rolloutId), unchanged(Configs, applied, 'UpgradePolicy', policy)];
  return { rollback: { ...begun, writes: [...counted, ...rests, replace(Upgrades, before, begun.upgrade)] } };
}

interface EndsWith {
  readonly back: Awaited<ReturnType<typeof hopTakenBack>>;
  readonly hop: Awaited<ReturnType<typeof hopFailedBeside>>;
  readonly now: Date;
}

const isBack = ({ machine, status }: Upgrade): boolean => isRollback({ machine }) && status === 'Succeeded';

/** The hold that the end puts on its cluster; undefined = none: an earlier one stays as it is. */
function heldBy(
  { upgrade, control }: Running,
  settlement: Settlement,
  { back, hop, now }: EndsWith,
): ClusterControl['held'] {
  if (isBack(settlement.upgrade)) return back?.hold;
  if (settlement.hold === undefined) return undefined;
  const { id, mutated } = upgrade;
  const earlier = control?.data.held !== undefined && withoutHoldOf(control.data, id) === control.data;
  // A rollback that has changed nothing leaves an earlier hold of its cluster in place.
  if (earlier && isRollback(upgrade) && !mutated) return undefined;
  const own = { reason: settlement.hold, since: now.toISOString(), upgradeId: hop?.upgrade.id ?? id };
  return mutated ? { ...own, mutated } : own;
}

/** What a person has to say of the cluster once the upgrade has ended; undefined = the same as before. */
function controlAfter(
  { upgrade, control }: Running,
  settled: Upgrade,
  held: ClusterControl['held'],
): ClusterControl | undefined {
  const { clusterKey, id } = upgrade;
  const { retried, ...undisputed } = control?.data ?? { clusterKey };
  const isTried = retried !== undefined && retried.upgradeId === id;
  if (held !== undefined) return { ...(isTried || isBack(settled) ? undisputed : control?.data), clusterKey, held };
  if (control === undefined || settled.status === 'Parked') return undefined;
  if (isTried && settled.status === 'Succeeded') return undisputed;
  // The upgrade has changed nothing, and only its own hold was in the way of others: the hold goes.
  const free = withoutHoldOf(control.data, id);
  return free === control.data ? undefined : free;
}

/** The upgrade that takes back what this one leaves. One that parks again and again leaves it under the same id each time. */
async function undoLeft(table: Table, settled: Upgrade, { left }: Running, now: Date): Promise<WriteOperation[]> {
  const undo = undoOf(settled, left, now);
  if (undo === undefined) return [];
  return [replace(Upgrades, await load(table, Upgrades, undo.clusterKey, undo.id), undo)];
}

/** Updates that the upgrade began may go on, and EKS may not list one of them yet: the next look reads the whole cluster. */
async function clusterToReadAgain(table: Table, { upgrade }: Running, end: UpgradeEnd): Promise<WriteOperation[]> {
  if (!upgrade.mutated || !(end.status === 'stopped' || end.isUnseen === true)) return [];
  const cluster = await load(table, Clusters, upgrade.clusterKey);
  if (cluster === undefined) return [];
  const said = `Nobody has read it since ${upgrade.id} ended, which had changed it: the next look does.`;
  return [replace(Clusters, cluster, toReadAgain(cluster.data, said))];
}

/** Two functions' clocks differ by a minute at most (docs/protocol.md). */
const CLOCKS_DIFFER_MILLISECONDS = 60_000;

/**
 * Whether the upgrade has changed its cluster. A call that was refused or never sent changed nothing; a call whose outcome is not known may have
 * (semantics.md, Failure budget). Calls that an earlier attempt, which has come to its end, sent under the same id weeks ago do not count.
 */
async function changesOf(table: Table, upgrade: Upgrade) {
  if (!upgrade.mutated) return { changes: { mutated: false } };
  const changes = await changesSeen(table, upgrade);
  // The end of a rollback rests on whether the call that takes the control plane back was committed, too (`hopTakenBack`).
  if (changes.mutated && !isRollback(upgrade)) return { changes };
  // No item shows that nothing is committed meanwhile, but every commit goes on record: where the record has grown since, the transaction is decided
  // anew.
  const { clusterKey } = upgrade;
  const chain = new Map([[clusterKey, await table.auditHead(clusterKey)]]);
  return { changes: await changesSeen(table, upgrade), chain };
}

async function changesSeen(table: Table, upgrade: Upgrade) {
  const { clusterKey, id, startedAt = '', firstStartedAt = startedAt } = upgrade;
  const since = firstStartedAt === '' ? 0 : Date.parse(firstStartedAt) - CLOCKS_DIFFER_MILLISECONDS;
  const changes = (await intentsOf(table, clusterKey)).filter(
    ({ data }) =>
      data.upgradeId === id &&
      Date.parse(data.committedAt) >= since &&
      !changesNoCluster(data.call.name) &&
      mayHaveActed(data),
  );
  const isOfBefore = upgrade.firstStartedAt !== undefined && !changes.some(({ data }) => data.committedAt >= startedAt);
  return { mutated: changes.length > 0, ...(isOfBefore ? { noChangeYet: true as const } : {}) };
}

/** A wave may halt in the transaction that makes an upgrade fail (protocol.md, Wave); the event of that change comes from there too. */
export function waveStatusChanged(
  before: Wave | undefined,
  after: Wave | undefined,
  change: string | undefined,
): LiftlockEvent[] {
  return after === undefined || before?.status === after.status ? [] : [waveChanged(after, change)];
}

export function upgradeEntry(clusterKey: string, upgrade: Upgrade): AuditEntry {
  const { id, from, to, status, mutated, reasons, resumeAt, rolloutId, waveIndex, requestedBy } = upgrade;
  const detail = { upgradeId: id, from, to, status, mutated, reasons, resumeAt, rolloutId, waveIndex, requestedBy };
  return auditEntry(clusterKey, `Upgrade${status}`, LIFTLOCK, detail);
}

function begunEntry({ clusterKey, id, from, to, reasons }: Upgrade): AuditEntry {
  return auditEntry(clusterKey, 'RollbackBegun', LIFTLOCK, { upgradeId: id, from, to, reasons });
}
