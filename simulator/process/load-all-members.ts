import type { Member } from '../../core/contracts/items/rollout.ts';
import type { Table } from '../../core/ports/table.ts';
import { isMember, Members } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';

/** The members of every rollout, which the product never loads at once. */
export const loadAllMembers = async (table: Pick<Table, 'queryKind'>): Promise<Member[]> =>
  (await loadKind(table, Members)).filter(isMember);
