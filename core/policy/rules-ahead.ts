import type { ItemKey, Table, WriteOperation } from '../ports/table.ts';

/** The items that a rollout's rules were read from last, by its id. It says what to read ahead; what is decided rests on what is read each time. */
const lastRead = new WeakMap<Pick<Table, 'getAll'>, Map<string, readonly ItemKey[]>>();
/** Rollouts end, and nobody tells a function: the one that was not read for longest is forgotten. */
const MOST_REMEMBERED = 500;

/** Which items the rules of a rollout are likely in, to be read together with what names them; none where nobody has read them yet. */
export const keysOfRules = (table: Pick<Table, 'getAll'>, rolloutId: string | undefined): readonly ItemKey[] =>
  (rolloutId === undefined ? undefined : lastRead.get(table)?.get(rolloutId)) ?? [];

/** `checks`: of all that the rules were read from. */
export function rememberRules(
  table: Pick<Table, 'getAll'>,
  rolloutId: string,
  checks: readonly WriteOperation[],
): void {
  const known = lastRead.get(table) ?? new Map<string, readonly ItemKey[]>();
  lastRead.set(table, known);
  known.delete(rolloutId);
  known.set(
    rolloutId,
    checks.flatMap((check) => (check.type === 'check' ? [check.key] : [])),
  );
  const [oldest = ''] = known.keys();
  if (known.size > MOST_REMEMBERED) known.delete(oldest);
}
