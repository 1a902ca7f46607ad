import { globMatches } from '../policy/glob.ts';
import { ACTION_TABLE, type ActionRow } from './action-table-data.ts';

const byLowerCase = new Map(
  Object.entries(ACTION_TABLE).map(([action, row]) => [action.toLowerCase(), { action, row }]),
);

export interface KnownAction {
  readonly action: string;
  readonly row: ActionRow;
}

/**
 * The actions of the table that a pattern of a policy takes in. Throws for one that takes none in: the table has to have every action that
 * occurs, or a report would be silent where it should speak.
 */
export function knownActions(pattern: string): KnownAction[] {
  const exact = byLowerCase.get(pattern.toLowerCase());
  if (exact !== undefined) return [exact];
  const known = [...byLowerCase]
    .filter(([action]) => globMatches(pattern.toLowerCase(), action))
    .map(([, each]) => each);
  if (known.length === 0) throw new Error(`${pattern} is not in simulator/iam/reports/action-table-data.ts`);
  return known;
}

/** Whether an action, or any that a pattern takes in, changes something. */
export function isMutating(pattern: string): boolean {
  return knownActions(pattern).some(({ row }) => row.mutates);
}
