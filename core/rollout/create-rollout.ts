import { AT_REST } from '../contracts/items/rollout.ts';
import { RECORD_LENGTH } from '../contracts/table-schema.ts';
import { batchesOf } from '../model/batches.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { transactWithAudit } from '../store/audit.ts';
import { rolloutChanged, rolloutEntry } from '../store/change.ts';
import { Members, PolicyRollouts, Rollouts, rolloutPartition, Waves } from '../store/entities.ts';
import { load, put, replace } from '../store/entity.ts';
import type { RolloutPlan } from './decisions.ts';

/** One transaction takes this many members and waves beside the audit; a larger fleet takes several transactions. */
const BATCH = 80;

/**
 * Writes a planned rollout, unless another rollout of its policy is not at rest. Members come first, in batches; the rollout itself comes last, and
 * only it makes them count: a crash in between leaves members of a rollout that does not exist, which the next attempt with the same plan writes
 * again (same id). `beside` goes into the transaction of the rollout itself, so that none is created where what it was planned from no longer holds.
 */
export async function createRollout(
  ports: Pick<Ports, 'table' | 'clock' | 'events'>,
  plan: RolloutPlan,
  principal: string,
  beside: readonly WriteOperation[],
): Promise<'created' | 'exists' | 'busy'> {
  const { table } = ports;
  const { rollout } = plan;
  if ((await load(table, Rollouts, rollout.id)) !== undefined) return 'exists';
  const { newest, underWay } = await newestOf(table, rollout.policy);
  if (underWay !== undefined) return 'busy';
  await writeChildren(ports, plan, principal);
  const { id, policy, policyRevision, target } = rollout;
  const counts = {
    members: plan.members.length,
    waves: plan.waves.map((wave) => ({ name: wave.name, members: wave.members, needWork: wave.needWork })),
    ...(rollout.reasons.length === 0 ? {} : { reasons: rollout.reasons }),
  };
  const [change] = await transactWithAudit(
    table,
    [put(Rollouts, rollout, 'absent'), replace(PolicyRollouts, newest, { policy, rolloutId: id }), ...beside],
    [rolloutEntry(id, 'RolloutCreated', principal, { policy, policyRevision, target, ...counts })],
    ports.clock.now(),
  );
  await ports.events.publish([rolloutChanged(rollout, change)]);
  return 'created';
}

/** The newest rollout of a policy, and the same as `underWay` while it is not at rest: then no other rollout is created. */
export async function newestOf(table: Pick<Table, 'get'>, policy: string) {
  const newest = await load(table, PolicyRollouts, policy);
  const rollout = newest === undefined ? undefined : (await load(table, Rollouts, newest.data.rolloutId))?.data;
  return { newest, underWay: rollout === undefined || AT_REST.includes(rollout.status) ? undefined : rollout };
}

/**
 * Writes members and waves in batches, each on record like everything else, since a restore must find them. Items that an earlier attempt has written
 * stay.
 */
async function writeChildren(
  ports: Pick<Ports, 'table' | 'clock'>,
  plan: RolloutPlan,
  principal: string,
): Promise<void> {
  const { id } = plan.rollout;
  const written = new Set((await ports.table.queryPartition(rolloutPartition(id))).map((item) => item.sk));
  const children = [
    ...plan.members.map((member) => put(Members, member, 'absent')),
    ...plan.waves.map((wave) => put(Waves, wave, 'absent')),
  ].filter((write) => write.type === 'put' && !written.has(write.item.sk));
  for (const batch of batchesOf(children, BATCH, RECORD_LENGTH)) {
    const entry = rolloutEntry(id, 'RolloutPlanned', principal, { items: batch.length });
    await transactWithAudit(ports.table, batch, [entry], ports.clock.now());
  }
}
