import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Table } from '../ports/table.ts';
import { Members, rolloutPartition, Waves } from './entities.ts';
import { batched, decode, load, ofKind, type Read } from './entity.ts';

/** Whether the plan in force has the member; members that a later plan took out are kept for the record. */
export const isMember = (member: Member): member is Member & { status: Exclude<Member['status'], 'Left'> } =>
  member.status !== 'Left';

/** Whether the member's upgrade ended without success. */
export const isTried = ({ status }: Member): boolean => status === 'Failed' || status === 'Blocked';

/** The waves of a rollout, in their order. */
export async function loadWaves(table: Pick<Table, 'queryPartition'>, rolloutId: string): Promise<Read<Wave>[]> {
  return (await table.queryPartition(rolloutPartition(rolloutId), 'WAVE#')).map((item) => decode(Waves, item));
}

/** The members that the plan in force has. */
export async function loadMembers(table: Pick<Table, 'queryPartition'>, rolloutId: string): Promise<Member[]> {
  return ofKind(await table.queryPartition(rolloutPartition(rolloutId), 'MEMBER#'), Members).filter(isMember);
}

/**
 * The members of one cluster in these rollouts, in their order, whatever their wave. Waves are few and members many, so it reads one key for each
 * wave instead of all members.
 */
export async function loadMembersIn(table: Pick<Table, 'getAll'>, rollouts: readonly Rollout[], clusterKey: string) {
  return (await readMembersIn(table, rollouts, clusterKey)).map(({ data }) => data).filter(isMember);
}

/** The same with those that the plan in force has not, and with their revisions. */
export async function readMembersIn(
  table: Pick<Table, 'getAll'>,
  rollouts: readonly Rollout[],
  clusterKey: string,
): Promise<Read<Member>[]> {
  const reader = batched(table);
  const keys = rollouts.flatMap(({ id, waves }) => [...waves.keys()].map((at) => [id, at] as const));
  const found = await Promise.all(keys.map(([id, at]) => load(reader, Members, id, at, clusterKey)));
  return found.filter((one) => one !== undefined);
}

export const loadMemberIn = async (table: Pick<Table, 'getAll'>, rollout: Rollout, clusterKey: string) =>
  (await loadMembersIn(table, [rollout], clusterKey))[0];
