import type { LiftlockEvent } from '../contracts/events.ts';
import type { ClusterControl } from '../contracts/items/cluster.ts';
import type { Grant, Intent, Upgrade } from '../contracts/items/protocol.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { changesNoCluster, hasNoUpdate } from '../contracts/mutating-calls.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import type { Reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { hopId, hopTo, isRollback, rollbackId } from '../model/hop.ts';
import { toReadAgain } from '../model/lag.ts';
import { upgradePolicy } from '../policy/applied.ts';
import { recount } from '../policy/caps.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import type { AuditEntry } from '../store/audit.ts';
import { change, changeAndTell, NOTHING, writeMark } from '../store/change.ts';
import { auditEntry, clusterHeld, upgradeChanged, waveChanged } from '../store/changes.ts';
import {
  ClusterControls,
  Clusters,
  Configs,
  Grants,
  Ledgers,
  Members,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { batched, load, readAhead, replace, unchanged } from '../store/entity.ts';
import { loadWaves } from '../store/members.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { intentsOf, mayHaveActed, notBegun, recordOutcome } from './intent-store.ts';
import { hasGoneBack } from './left-half-done.ts';
import { graceEnd, listEnd, lookUp } from './look-up.ts';
import { beginRollback, isOnItsWayBack, takeHopBack, turnGivenBack, withoutHoldOf } from './rollback.ts';
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
    const ahead = grantedUpgrade === undefined ? [] : [Upgrades.key(clusterKey, grantedUpgrade)];
    const reader = await readAhead(table, [Grants.key(clusterKey), ...ahead]);
    const grant = await load(reader, Grants, clusterKey);
    if (grant === undefined || grant.data.number !== grantNumber || grant.data.status === 'free') return NOTHING;
    const upgrade = await load(reader, Upgrades, clusterKey, grant.data.upgradeId);
    if (upgrade === undefined || upgrade.data.status !== 'Running') return { result: upgrade?.data };
    const { rolloutId, waveIndex } = upgrade.data;
    const hasMember = rolloutId !== undefined && waveIndex !== undefined;
    const others = batched(table);
    const [member, wave, control, { changes, chain }, left] = await Promise.all([
      hasMember ? load(others, Members, rolloutId, waveIndex, clusterKey) : undefined,
      hasMember ? load(others, Waves, rolloutId, waveIndex) : undefined,
      load(others, ClusterControls, clusterKey),
      changesOf(ports, upgrade.data),
      openUndoEntries(table, clusterKey, upgrade.data.id),
    ]);

    const { mutated } = changes;
    const settlement = settle(now, { ...upgrade.data, ...changes }, member?.data, wave?.data, end);
    const isBack = isRollback(upgrade.data) && settlement.upgrade.status === 'Succeeded';
    // The hop is over once the control plane is back, also where a check of the rollback fails or waits after that: the cluster is back even if
    // somebody gives the rollback up then. The same holds where the rollback failed while EKS still takes the control plane back and nobody waits for
    // it any more.
    const { status } = settlement.upgrade;
    const hasLeft = hasGoneBack(upgrade.data)
      ? status === 'Parked' || status === 'Failed'
      : status === 'Failed' && isRollback(upgrade.data) && (await isOnItsWayBack(table, upgrade.data));
    const back = isBack || hasLeft ? await takeHopBack(table, settlement.upgrade, now) : undefined;
    const failsBeside = back === undefined && settlement.hold !== undefined && mutated && !hasMember;
    const beside = failsBeside ? await hopBeside(table, upgrade.data) : undefined;
    const hop = beside && settleBeside(beside, now, settlement.upgrade.reasons);
    const operations: WriteOperation[] = [
      unchanged(Grants, grant, clusterKey),
      ...(hop?.writes ?? []),
      ...(back?.writes ?? []),
      ...(await turnGivenBack(
        table,
        settlement.upgrade,
        back?.waves.map(({ after }) => after),
      )),
    ];
    const begun = await rollbackOf(table, settlement, end, now);
    const refused = begun !== undefined && 'refused' in begun ? begun.refused : undefined;
    const rollback = begun !== undefined && 'upgrade' in begun ? begun : undefined;
    const undo = undoOf(settlement.upgrade, left, now);
    // An upgrade that parks again and again leaves its undo under the same id each time.
    if (undo !== undefined) operations.push(replace(Upgrades, await load(table, Upgrades, clusterKey, undo.id), undo));
    // Updates that the upgrade began may go on, and EKS may not list one of them yet: the next look reads the whole cluster.
    const isUnread = mutated && (end.status === 'stopped' || end.isUnseen === true);
    const seen = isUnread ? await load(table, Clusters, clusterKey) : undefined;
    if (seen !== undefined) {
      const said = `Nobody has read it since ${upgrade.data.id} ended, which had changed it: the next look does.`;
      operations.push(replace(Clusters, seen, toReadAgain(seen.data, said)));
    }
    if (settlement.member !== undefined) operations.push(replace(Members, member, settlement.member));
    const ownWave = rollback?.wave ?? settlement.wave;
    if (ownWave !== undefined) operations.push(replace(Waves, wave, ownWave));
    const settled =
      refused === undefined
        ? settlement.upgrade
        : { ...settlement.upgrade, reasons: [...settlement.upgrade.reasons, refused] };
    operations.push(replace(Upgrades, upgrade, settled), ...(rollback?.writes ?? []));
    const ended = [settled, hop?.upgrade, ...(back?.hops ?? [])].filter((one) => one !== undefined);
    const entries: AuditEntry[] = ended.map((one) => upgradeEntry(clusterKey, one));
    if (rollback !== undefined) {
      const { id, from, to, reasons } = rollback.upgrade;
      entries.push(auditEntry(clusterKey, 'RollbackBegun', LIFTLOCK, { upgradeId: id, from, to, reasons }));
    }
    const { retried, ...undisputed } = control?.data ?? { clusterKey };
    const isTried = retried !== undefined && retried.upgradeId === upgrade.data.id;
    if (isTried && settlement.upgrade.status === 'Succeeded')
      operations.push(replace(ClusterControls, control, undisputed));
    const own = settlement.hold && {
      reason: settlement.hold,
      since: now.toISOString(),
      upgradeId: hop?.upgrade.id ?? upgrade.data.id,
      ...(mutated ? { mutated } : {}),
    };
    // A rollback that has changed nothing leaves an earlier hold of its cluster in place.
    const before = isRollback(upgrade.data) && !mutated ? control?.data : undefined;
    const isTheirs = before?.held !== undefined && withoutHoldOf(before, upgrade.data.id) === before;
    const held = isBack ? back?.hold : isTheirs ? undefined : own;
    const hold = held?.reason;
    if (held === undefined && settlement.upgrade.status !== 'Parked' && control !== undefined) {
      // The upgrade has changed nothing, and only its own hold was in the way of others: the hold goes.
      const free = withoutHoldOf(control.data, upgrade.data.id);
      if (free !== control.data) operations.push(replace(ClusterControls, control, free));
    }
    if (held !== undefined) {
      const next: ClusterControl = { ...(isTried || isBack ? undisputed : control?.data), clusterKey, held };
      operations.push(replace(ClusterControls, control, next));
      // A rollout elsewhere in which this cluster waits hears of the hold before the cluster's turn comes.
      operations.push(await writeMark(table, now));
      entries.push(auditEntry(clusterKey, 'ClusterHeld', LIFTLOCK, { reason: hold }));
    }
    // The event of the hold also says what becomes of the cluster: it goes back by itself, or the budget lets no more clusters do so.
    const becomes = [rollback?.upgrade.reasons[0], refused].filter((one) => one !== undefined);
    return {
      result: settled,
      writes: operations,
      record: entries,
      ...given({ chain }),
      events: ([change, ...more]) => [
        upgradeChanged(settled, change),
        ...(hold === undefined ? [] : [clusterHeld(clusterKey, [hold, ...becomes], more.at(-1))]),
        ...waveStatusChanged(wave?.data, ownWave, change),
        ...waveStatusChanged(beside?.wave.data, hop?.wave, more[0]),
        ...(back?.waves ?? []).flatMap(({ before, after }) => waveStatusChanged(before, after, more[0])),
      ],
    };
  });
}

/** The rollback that begins with the end of a hop, where its policy says so and something got worse. */
async function rollbackOf(
  table: Pick<Table, 'get' | 'queryPartition'>,
  { upgrade, wave }: Pick<Settlement, 'upgrade' | 'wave'>,
  { worse = [] }: UpgradeEnd,
  now: Date,
) {
  if (upgrade.status !== 'Failed' || wave === undefined || worse.length === 0) return undefined;
  const before = await load(table, Upgrades, upgrade.clusterKey, rollbackId(upgrade.to, upgrade.from));
  // A person has asked for this rollback already, and it goes on as theirs.
  if (before !== undefined && Upgrades.active(before.data)) return undefined;
  const rollout = await load(table, Rollouts, wave.rolloutId);
  if (rollout === undefined || rollout.data.status === 'Aborted') return undefined;
  const { policy } = rollout.data;
  const applied = await load(table, Configs, 'UpgradePolicy', policy);
  // The step that found the cluster worse has read the policy before this transaction, and the policy may have been withdrawn since.
  if (upgradePolicy(applied?.data)?.spec.rollback.automatic !== true) return undefined;
  const others = (await loadWaves(table, wave.rolloutId)).filter(({ data }) => data.index !== wave.index);
  const begun = beginRollback(upgrade, wave, [wave, ...others.map(({ data }) => data)], worse, now);
  if ('refused' in begun) return begun;
  // The budget of rollbacks counts all waves together, so the transaction checks the other waves too.
  const counted = others.map((one) => unchanged(Waves, one, one.data.rolloutId, one.data.index));
  const rests = [unchanged(Rollouts, rollout, wave.rolloutId), unchanged(Configs, applied, 'UpgradePolicy', policy)];
  return { ...begun, writes: [...counted, ...rests, replace(Upgrades, before, begun.upgrade)] };
}

/**
 * The half-way hop that a rollout has parked on this cluster, at the versions that the single step is about: when the step fails, the hop fails with
 * it.
 */
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

type HopBeside = NonNullable<Awaited<ReturnType<typeof hopBeside>>>;

/** The hop has no grant that would be freed later, so its place in the wave is given back at once. */
function settleBeside({ upgrade, member, wave }: HopBeside, now: Date, reasons: readonly Reason[]) {
  const ended = settle(now, upgrade.data, undefined, undefined, { status: 'failed', reasons });
  const failed = withoutPlace(member.data, 'Failed', reasons);
  const after = waveWithout(wave.data, member.data, failed, now);
  const writes = [
    replace(Upgrades, upgrade, ended.upgrade),
    replace(Members, member, failed),
    replace(Waves, wave, after),
  ];
  return { upgrade: ended.upgrade, wave: after, writes };
}

/** Two functions' clocks differ by a minute at most (docs/protocol.md). */
const CLOCKS_DIFFER_MILLISECONDS = 60_000;

/**
 * Whether the upgrade has changed its cluster. A call that was refused or never sent changed nothing; a call whose outcome is not known may have
 * (semantics.md, Failure budget). Calls that an earlier attempt, which has come to its end, sent under the same id weeks ago do not count.
 */
async function changesOf({ table }: Pick<Ports, 'table'>, upgrade: Upgrade) {
  if (!upgrade.mutated) return { changes: { mutated: false } };
  const changes = await changesSeen(table, upgrade);
  if (changes.mutated) return { changes };
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

const entryOf = (event: string, { clusterKey, number: grantNumber, upgradeId }: Grant): AuditEntry =>
  auditEntry(clusterKey, event, LIFTLOCK, { grantNumber, upgradeId });

/** open → closing: from here on every commit under this grant fails. */
export function closeGrant(ports: Pick<Ports, 'table' | 'clock'>, clusterKey: string, number: number): Promise<void> {
  return change(ports, async (now) => {
    const grant = await load(ports.table, Grants, clusterKey);
    if (grant === undefined || grant.data.number !== number || grant.data.status !== 'open') return NOTHING;
    const closing: Grant = { ...grant.data, status: 'closing', closingSince: now.toISOString() };
    return { ...NOTHING, writes: [replace(Grants, grant, closing)], record: [entryOf('GrantClosing', grant.data)] };
  });
}

/**
 * Resolves every open intent of a cluster whose grant is closing: waits out its grace, looks it up until EKS must list its update, writes its
 * outcome. Returns the instant to come back at, or undefined when no intent is open any more. With `asksLater` it returns `asks-eks` where it would
 * have to ask EKS. Fails when EKS cannot be read.
 */
export function resolveIntents(ports: ResolvePorts, clusterKey: string): Promise<Date | undefined>;
export function resolveIntents(ports: ResolvePorts, clusterKey: string, asksLater: true): Promise<Resolved>;
export async function resolveIntents(ports: ResolvePorts, clusterKey: string, asksLater = false): Promise<Resolved> {
  let again: Date | undefined;
  for (const read of await intentsOf(ports.table, clusterKey)) {
    const { data: intent } = read;
    if (intent.outcome !== undefined) continue;
    const grace = graceEnd(intent);
    const early = ports.clock.now() < grace;
    if (asksLater && !early && !hasNoUpdate(intent.call.name)) return 'asks-eks';
    const outcome = early ? undefined : await outcomeOf(ports, intent);
    if (outcome === undefined) {
      const until = early ? grace : listEnd(intent);
      again = again === undefined || until < again ? until : again;
    } else await recordOutcome(ports, intent, outcome, read);
  }
  return again;
}

type ResolvePorts = Pick<Ports, 'table' | 'clock' | 'eks'>;
/** What has become of the open intents: when to come back, undefined where none is open, or that EKS has to be asked first. */
export type Resolved = Date | undefined | 'asks-eks';

/** The outcome of an open intent; undefined = EKS may not list yet what the call has started. */
async function outcomeOf({ eks, clock }: Pick<Ports, 'eks' | 'clock'>, intent: Intent): Promise<Intent['outcome']> {
  const at = clock.now().toISOString();
  if (hasNoUpdate(intent.call.name)) return { type: 'unheard', at };
  const update = await lookUp(eks, intent);
  if (update === 'gone') return { type: 'lost', at };
  if (update !== undefined) return { type: 'accepted', updateId: update.id, at };
  return clock.now() < listEnd(intent) ? undefined : notBegun(intent, at);
}

/**
 * closing → free: counts the caps down and gives the wave's place back, in one transaction (protocol.md, Grants). After an upgrade that belongs to no
 * rollout it asks for a full look: while the cluster was under that grant, no plan that waits has taken in its new version (replan.ts).
 * `grantedUpgrade`: the id of the grant's upgrade where the caller knows it, so that both are read together.
 */
export function freeGrant(
  ports: Pick<Ports, 'table' | 'clock'>,
  clusterKey: string,
  number: number,
  grantedUpgrade?: string,
): Promise<void> {
  return change(ports, async (now) => {
    const { table } = ports;
    const keys = [Grants.key(clusterKey), Ledgers.key()];
    const ahead = grantedUpgrade === undefined ? keys : [...keys, Upgrades.key(clusterKey, grantedUpgrade)];
    const reader = await readAhead(table, ahead);
    const grant = await load(reader, Grants, clusterKey);
    if (grant === undefined || grant.data.number !== number || grant.data.status !== 'closing') return NOTHING;
    const ledger = await load(reader, Ledgers);
    const upgrade = await load(reader, Upgrades, clusterKey, grant.data.upgradeId);
    const operations: WriteOperation[] = [
      replace(Grants, grant, { ...grant.data, status: 'free', children: [] }),
      replace(Ledgers, ledger, { counts: recount(ledger?.data.counts ?? {}, grant.data.capKeys, -1) }),
      unchanged(Upgrades, upgrade, clusterKey, grant.data.upgradeId),
    ];
    const { rolloutId, waveIndex } = grant.data.rolloutId === undefined ? (upgrade?.data ?? {}) : grant.data;
    if (rolloutId === undefined) operations.push(await writeMark(table, now));
    else if (waveIndex !== undefined) {
      const place = batched(table);
      const [member, wave, before] = await Promise.all([
        load(place, Members, rolloutId, waveIndex, clusterKey),
        load(place, Waves, rolloutId, waveIndex),
        // The hop before the one that was granted, which this rollout may have made.
        upgrade && load(place, Upgrades, clusterKey, hopTo(KubeVersion.parse(upgrade.data.from))),
      ]);
      // A member that was mutated and has not settled keeps its place. So does a member between two hops, and one that bakes, whoever moved its
      // control plane.
      const unsettled = member !== undefined && (member.data.status === 'Parked' || member.data.status === 'Running');
      const { mutated, status, reasons: [first] = [] } = upgrade?.data ?? {};
      const isChanged = mutated === true || status === 'Succeeded' || first?.code === 'Baking';
      const keeps = unsettled && (isChanged || before?.data.rolloutId === rolloutId);
      if (member !== undefined && wave !== undefined && member.data.inFlight && !keeps) {
        operations.push(replace(Members, member, { ...member.data, inFlight: false }));
        operations.push(replace(Waves, wave, { ...wave.data, inFlight: Math.max(0, wave.data.inFlight - 1) }));
      }
    }
    return { ...NOTHING, writes: operations, record: [entryOf('GrantFreed', grant.data)] };
  });
}
