import { namedError } from '../contracts/errors.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/principals.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { COUNTED } from '../protocol/settle-decision.ts';
import { transactWithAudit } from '../store/audit.ts';
import { Grants, Members, Rollouts, Waves } from '../store/entities.ts';
import { load, type Read, replace, unchanged } from '../store/entity.ts';
import { isSame } from './is-same.ts';
import type { Change, Replan } from './replan.ts';

/** Writes of members that one transaction takes beside their audit, a check of each one's grant, and their waves. */
const BATCH = 20;

/**
 * Moves what has not begun to where it belongs now: first the rollout and its waves, then the members, each with the counts of its waves
 * in one transaction. It rests on items that may have been read a moment ago: one that has moved since ends it with
 * `TransactionConflict`. What is left then, or after a crash, the next full look finds different still.
 */
export async function applyReplan(
  ports: Pick<Ports, 'table' | 'clock' | 'events'>,
  decided: Rollout,
  changes: Replan,
): Promise<void> {
  const { table, clock, events } = ports;
  const { id } = decided;
  const read = await load(table, Rollouts, id);
  if (read === undefined || read.data.status !== decided.status) throw moved(`the rollout ${id}`);
  const { target, policyRevision, waves, reasons } = changes;
  const first = [replace(Rollouts, read, { ...read.data, target, policyRevision, waves: [...waves] })];
  for (const change of changes.changedWaves) first.push(await waveWrite(table, change));
  const told = (event: string, detail: object) => [
    { subject: `rollout/${id}`, event, principal: LIFTLOCK, detail: { ...detail } },
  ];
  const [change] = await transactWithAudit(
    table,
    first,
    told('RolloutReplanned', { target, policyRevision, reasons }),
    clock.now(),
  );
  for (let start = 0; start < changes.members.length; start += BATCH) {
    const part = changes.members.slice(start, start + BATCH);
    const operations = [...(await memberWrites(table, part)), ...(await countWrites(table, id, part))];
    await transactWithAudit(table, operations, told('RolloutPlanned', { items: part.length }), clock.now());
  }
  await events.publish([
    {
      type: 'RolloutChanged',
      detail: { version: 1, change, rolloutId: id, status: decided.status, about: 'plan', reasons: [...reasons] },
    },
  ]);
}

const moved = (what: string) => namedError('TransactionConflict', `${what} has moved since it was read.`);

const NO_COUNTS = { members: 0, succeeded: 0, failed: 0, blocked: 0, excluded: 0, quarantined: 0 };

/** What the wave says now, with the members that it has had: those that come and go are counted with their own writes. */
async function waveWrite(table: Table, { before, next }: Change<Wave>): Promise<WriteOperation> {
  if (next === undefined) throw new Error('unreachable: waves are emptied, not removed');
  const read = await load(table, Waves, next.rolloutId, next.index);
  if (!isSame(read?.data, before)) throw moved(`the wave ${next.name}`);
  const { members, succeeded, failed, blocked, excluded, quarantined } = before ?? NO_COUNTS;
  return replace(Waves, read, { ...next, members, succeeded, failed, blocked, excluded, quarantined });
}

async function memberWrites(table: Table, part: readonly Change<Member>[]): Promise<WriteOperation[]> {
  const operations: WriteOperation[] = [];
  const checked = new Set<string>();
  for (const { before, next } of part) {
    const member = next ?? before;
    if (member === undefined) continue;
    const { rolloutId, waveIndex, clusterKey } = member;
    const read = await load(table, Members, rolloutId, waveIndex, clusterKey);
    if (!isSame(read?.data, before)) throw moved(`the member ${member.name}`);
    const grant = await load(table, Grants, clusterKey);
    if (grant !== undefined && grant.data.status !== 'free') throw moved(`the grant of ${member.name}`);
    if (!checked.has(clusterKey)) operations.push(unchanged(Grants, grant, clusterKey));
    checked.add(clusterKey);
    if (next !== undefined) operations.push(replace(Members, read, next));
    else if (read !== undefined) operations.push({ type: 'delete', key: read.key, expect: read.revision });
  }
  return operations;
}

async function countWrites(
  table: Table,
  rolloutId: string,
  part: readonly Change<Member>[],
): Promise<WriteOperation[]> {
  const waves = new Map<number, { read: Read<Wave>; wave: Wave }>();
  const count = async (member: Member | undefined, by: 1 | -1): Promise<void> => {
    if (member === undefined) return;
    const read = waves.get(member.waveIndex)?.read ?? (await load(table, Waves, rolloutId, member.waveIndex));
    if (read === undefined || read.data.status !== 'Pending') throw moved(`the wave of ${member.name}`);
    const wave = { ...(waves.get(member.waveIndex)?.wave ?? read.data) };
    wave.members += by;
    const counter = COUNTED[member.status as keyof typeof COUNTED];
    if (counter !== undefined) wave[counter] += by;
    waves.set(member.waveIndex, { read, wave });
  };
  for (const { before, next } of part) {
    await count(before, -1);
    await count(next, 1);
  }
  return [...waves.values()].map(({ read, wave }) => replace(Waves, read, wave));
}
