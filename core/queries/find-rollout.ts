import { namedError } from '../contracts/errors.ts';
import type { Rollout } from '../contracts/items/rollout.ts';
import type { Table } from '../ports/table.ts';
import { Rollouts } from '../store/entities.ts';
import { load, type Read } from '../store/entity.ts';

/** Fails with `RolloutNotFound`. */
export async function findRollout(table: Pick<Table, 'get'>, id: string): Promise<Read<Rollout>> {
  const rollout = await load(table, Rollouts, id);
  if (rollout === undefined)
    throw namedError('RolloutNotFound', `There is no rollout ${id}. Run: liftlock get rollouts`);
  return rollout;
}
