import type { Member } from '../contracts/items/rollout.ts';
import type { Table } from '../ports/table.ts';
import { Members } from './entities.ts';
import { loadKind } from './entity.ts';

/** Whether a plan in force has it; what a later plan took out stays as it was, for the record. */
export const isMember = (member: Member): member is Member & { status: Exclude<Member['status'], 'Left'> } =>
  member.status !== 'Left';

/** The members of every rollout. */
export const loadMembers = async (table: Pick<Table, 'queryKind'>): Promise<Member[]> =>
  (await loadKind(table, Members)).filter(isMember);
