import { namedError } from '../contracts/errors.ts';
import type { HookState } from '../contracts/items/protocol.ts';
import type { Member, Rollout, StagedMember, Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { RECORD_LENGTH, TRANSACTION_OPERATIONS } from '../contracts/table-schema.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import { batchesOf } from '../model/batches.ts';
import { given } from '../model/given.ts';
import { isSame } from '../model/is-same.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { countSettled } from '../protocol/settle-decision.ts';
import { transactWithAudit } from '../store/audit.ts';
import { rolloutChanged, rolloutEntry } from '../store/change.ts';
import {
  Grants,
  Members,
  Rollouts,
  rolloutPartition,
  StagedMembers,
  stagedPartition,
  Waves,
} from '../store/entities.ts';
import { batched, dataOf, decode, load, type Read, replace, unchanged } from '../store/entity.ts';
import type { Change, Replan } from './decisions.ts';

type ReplanPorts = Pick<Ports, 'table' | 'clock' | 'events'>;

/** This many members are staged in one transaction, each with a check of its cluster's grant, beside the audit. */
const STAGED = 45;
/** This many members follow a plan in one transaction, beside the rollout and the audit. */
const FOLLOWING = 90;

/**
 * Puts a plan in force, whole or not at all (docs/protocol.md, A plan that changes). A plan that fits into one transaction is written in one. Of a
 * larger plan the members are staged first, where nobody reads them; then one transaction over the rollout and its waves puts the plan in force, and
 * the members follow. The items that it rests on may have been read a moment ago: when one has moved since, this ends with `TransactionConflict`, and
 * the next full look decides anew.
 */
export async function applyReplan(ports: ReplanPorts, decided: Rollout, changes: Replan): Promise<void> {
  const { table } = ports;
  const { rollout, waves, members } = await readPlan(table, decided, changes);
  const plan = (decided.plan ?? 0) + 1;
  const followers = changes.members.map((change) => followerOf(change, members, plan));
  const grants = await grantChecks(table, followers);
  const ofWaves = waveWrites(waves, changes, plan);
  const atOnce = [
    ...ofWaves,
    ...followers.map(({ member }) => replace(Members, members.get(idOf(member)), member)),
    ...grants.values(),
  ];
  // The rollout and the audit entry need room in the same transaction.
  if (batchesOf(atOnce, TRANSACTION_OPERATIONS - 2, RECORD_LENGTH).length <= 1)
    return putInForce(ports, rollout, changes, { plan }, atOnce);
  // Another plan has another hash, so members that somebody else has staged, or left behind, do not belong to this plan.
  const following = sha256Hex(canonicalJson(followers));
  await stage(ports, decided.id, following, followers, grants);
  await putInForce(ports, rollout, changes, { plan, following }, ofWaves);
  await followPlan(ports, decided.id);
}

/** Has the members follow the plan that is in force, as far as they do not yet. It is no error when there is nothing to do. */
export async function followPlan(ports: ReplanPorts, rolloutId: string): Promise<void> {
  const { table } = ports;
  const rollout = await load(table, Rollouts, rolloutId);
  if (rollout?.data.following === undefined) return;
  const { following, ...arrived } = rollout.data;
  const writes = await writesToFollow(table, rolloutId, following);
  const parts = batchesOf(writes, FOLLOWING, RECORD_LENGTH);
  const last = parts.pop() ?? [];
  const record = (part: typeof last) => ({ plan: arrived.plan, items: part.length });
  for (const part of parts) await write(ports, rolloutId, 'RolloutPlanned', record(part), part);
  const end = [...last, replace(Rollouts, rollout, arrived)];
  await write(ports, rolloutId, 'RolloutPlanned', record(last), end);
}

const moved = (what: string) => namedError('TransactionConflict', `${what} has moved since it was read.`);

const write = (ports: ReplanPorts, rolloutId: string, event: string, detail: object, operations: WriteOperation[]) =>
  transactWithAudit(
    ports.table,
    operations,
    [rolloutEntry(rolloutId, event, LIFTLOCK, { ...detail })],
    ports.clock.now(),
  );

/** A rollout for which the decision still holds. The members are by their keys, and those that have left are among them. */
interface ReadPlan {
  readonly rollout: Read<Rollout>;
  readonly waves: readonly Read<Wave>[];
  readonly members: ReadonlyMap<string, Read<Member>>;
}

/** Reads the rollout strongly, and counts it anew: the decision may rest on an index that lags. */
async function readPlan(table: Table, decided: Rollout, changes: Replan): Promise<ReadPlan> {
  const items = await table.queryPartition(rolloutPartition(decided.id));
  const read = <Data>(entity: { kind: string } & Parameters<typeof decode<Data>>[0]): Read<Data>[] =>
    items.filter(({ kind }) => kind === entity.kind).map((item) => decode(entity, item));
  const [rollout] = read(Rollouts);
  if (rollout === undefined || !isSame(rollout.data, decided)) throw moved(`the rollout ${decided.id}`);
  const waves = read(Waves);
  for (const { before, next } of changes.changedWaves) {
    const found = waves.find(({ data }) => data.index === next?.index);
    if (!isSame(found?.data, before)) throw moved(`the wave ${next?.name}`);
  }
  const members = new Map(read(Members).map((member) => [idOf(member.data), member]));
  const planned = new Map(
    [...members].flatMap(([id, { data }]) => (data.status === 'Left' ? [] : [[id, data] as const])),
  );
  for (const { before, next } of changes.members) {
    const id = idOf(next ?? before);
    if (!isSame(planned.get(id), before)) throw moved(`the member ${(next ?? before)?.name}`);
    if (next === undefined) planned.delete(id);
    else planned.set(id, next);
  }
  for (const { next: wave } of changes.changedWaves)
    if (wave !== undefined && !countsHold(wave, [...planned.values()]))
      throw moved(`the members of the wave ${wave.name}`);
  return { rollout, waves, members };
}

const idOf = (member: Member | undefined): string => (member === undefined ? '' : Members.keyOf(member).sk);

function countsHold(wave: Wave, planned: readonly Member[]): boolean {
  const own = planned.filter(({ waveIndex }) => waveIndex === wave.index);
  return isSame(wave, { ...wave, ...countSettled(own), members: own.length });
}

type Follower = Omit<StagedMember, 'planHash'>;

/** What a change makes of the item of a member. */
function followerOf({ before, next }: Change<Member>, members: ReadPlan['members'], plan: number): Follower {
  const last = next ?? before;
  if (last === undefined) throw new Error('unreachable: a change has a member');
  const member: Member = next === undefined ? { ...last, status: 'Left', reasons: [] } : { ...next, plan };
  return { member, revision: members.get(idOf(member))?.revision ?? 0 };
}

/** The checks that nobody holds the grant of these clusters, by cluster: a cluster with a grant has begun, and what was begun is not moved. */
async function grantChecks(table: Table, followers: readonly Follower[]): Promise<Map<string, WriteOperation>> {
  const reader = batched(table);
  const clusters = new Map(followers.map(({ member }) => [member.clusterKey, member.name]));
  const checks = [...clusters].map(async ([clusterKey, name]) => {
    const grant = await load(reader, Grants, clusterKey);
    if (grant !== undefined && grant.data.status !== 'free') throw moved(`the grant of ${name}`);
    return [clusterKey, unchanged(Grants, grant, clusterKey)] as const;
  });
  return new Map(await Promise.all(checks));
}

/** Every wave of the plan in which something changes, even if only the order of its members does: the wave belongs to the new plan from now on. */
function waveWrites(waves: ReadPlan['waves'], { changedWaves, members }: Replan, plan: number): WriteOperation[] {
  const known = new Map(waves.map((wave) => [wave.data.index, wave]));
  const next = new Map<number, Wave>();
  for (const { before, next: after } of members) {
    const wave = known.get((after ?? before)?.waveIndex ?? -1)?.data;
    if (wave !== undefined) next.set(wave.index, wave);
  }
  for (const { next: wave } of changedWaves) if (wave !== undefined) next.set(wave.index, wave);
  return [...next.values()].map((wave) => {
    if (wave.status !== 'Pending') throw moved(`the wave ${wave.name}`);
    const read = known.get(wave.index);
    return replace(Waves, read, { ...wave, plan, ...given({ hooks: hooksUnder(plan, wave, read?.data) }) });
  });
}

/** Where the plan of a wave stays the same, what hooks have said of the wave counts on, under the number that the plan has from now on. */
function hooksUnder(plan: number, { hooks }: Wave, before: Wave | undefined): Wave['hooks'] {
  const counted = ({ grantNumber }: HookState): boolean => grantNumber === (before?.plan ?? 0);
  const renumbered = Object.entries(hooks ?? {}).map(([key, state]) => [
    key,
    counted(state) ? { ...state, grantNumber: plan } : state,
  ]);
  return hooks && Object.fromEntries(renumbered);
}

async function stage(
  ports: ReplanPorts,
  id: string,
  planHash: string,
  followers: readonly Follower[],
  grants: ReadonlyMap<string, WriteOperation>,
): Promise<void> {
  const items = await ports.table.queryPartition(stagedPartition(id));
  const known = new Map(items.map((item) => [item.sk, decode(StagedMembers, item)]));
  for (const part of batchesOf(followers, STAGED, RECORD_LENGTH)) {
    const ofGrants = new Map(part.map(({ member: { clusterKey } }) => [clusterKey, grants.get(clusterKey)]));
    await write(ports, id, 'RolloutPlanned', { items: part.length }, [
      ...[...ofGrants.values()].filter((check) => check !== undefined),
      ...part.map((one) => replace(StagedMembers, known.get(idOf(one.member)), { planHash, ...one })),
    ]);
  }
}

/** Puts the plan in force at one instant: from here on every wave that has not begun belongs to this plan, and its approvals are asked anew. */
async function putInForce(
  ports: ReplanPorts,
  rollout: Read<Rollout>,
  { target, policyRevision, waves, carried, withinMinor, reasons, changedWaves }: Replan,
  now: Pick<Rollout, 'plan' | 'following'>,
  operations: readonly WriteOperation[],
): Promise<void> {
  const { id } = rollout.data;
  const next: Rollout = { ...rollout.data, ...now, target, policyRevision, waves: [...waves], carried, withinMinor };
  const detail = { plan: now.plan, target, policyRevision, reasons };
  const [change] = await write(ports, id, 'RolloutReplanned', detail, [
    replace(Rollouts, rollout, next),
    ...operations,
  ]);
  // Who is set aside or comes back changes what a wave counts; the plan that people agree to stays as it is.
  const isOther = changedWaves.some(({ before, next: wave }) => before?.planHash !== wave?.planHash);
  if (isOther || reasons.some(({ code }) => code !== 'PlanRefreshed'))
    await ports.events.publish([rolloutChanged({ ...next, reasons: [...reasons] }, change, 'plan')]);
}

/** The writes for members that have not followed yet. A member that somebody has changed since stays as it is: the next full look plans from there. */
async function writesToFollow(table: Table, rolloutId: string, planHash: string): Promise<WriteOperation[]> {
  const staged = (await table.queryPartition(stagedPartition(rolloutId))).map((item) => dataOf(StagedMembers, item));
  const reader = batched(table);
  const writes = staged.map(async ({ member, revision, planHash: of }) => {
    const found = await load(reader, Members, rolloutId, member.waveIndex, member.clusterKey);
    return of === planHash && (found?.revision ?? 0) === revision ? [replace(Members, found, member)] : [];
  });
  return (await Promise.all(writes)).flat();
}
