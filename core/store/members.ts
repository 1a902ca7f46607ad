import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Table } from '../ports/table.ts';
import { Members, rolloutPartition, Waves } from './entities.ts';
import { decode, loadAll, ofKind, type Read } from './entity.ts';

/** Whether a plan in force has it; what a later plan took out stays as it was, for the record. */
export const isMember = (member: Member): member is Member & { status: Exclude<Member['status'], 'Left'> } =>
  member.status !== 'Left';

/** Whether its upgrade ended without success. */
export const isTried = ({ status }: Member): boolean => status === 'Failed' || status === 'Blocked';

/** The waves of a rollout, in their order. */
export async function loadWaves(table: Pick<Table, 'queryPartition'>, rolloutId: string): Promise<Read<Wave>[]> {
  return (await table.queryPartition(rolloutPartition(rolloutId), 'WAVE#')).map((item) => decode(Waves, item));
}

/** Those that a plan in force has. */
export async function loadMembers(table: Pick<Table, 'queryPartition'>, rolloutId: string): Promise<Member[]> {
  return ofKind(await table.queryPartition(rolloutPartition(rolloutId), 'MEMBER#'), Members).filter(isMember);
}

/** A cluster as a member of these rollouts, in their order, whatever its wave. Waves are few, members many: one place in each wave instead of all members. */
export async function loadMembersIn(table: Pick<Table, 'getAll'>, rollouts: readonly Rollout[], clusterKey: string) {
  const keys = rollouts.flatMap(({ id, waves }) => [...waves.keys()].map((at) => Members.key(id, at, clusterKey)));
  return (await loadAll(table, Members, keys)).filter(isMember);
}

export const loadMemberIn = async (table: Pick<Table, 'getAll'>, rollout: Rollout, clusterKey: string) =>
  (await loadMembersIn(table, [rollout], clusterKey))[0];
