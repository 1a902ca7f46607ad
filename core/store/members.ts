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

/** A cluster as a member of a rollout, whatever its wave. Waves are few, members many: one place in each wave instead of all members. */
export async function loadMemberIn(table: Pick<Table, 'getAll'>, { id, waves }: Rollout, clusterKey: string) {
  const keys = [...waves.keys()].map((index) => Members.key(id, index, clusterKey));
  return (await loadAll(table, Members, keys)).find(isMember);
}
