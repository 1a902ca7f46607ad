import { didYouMean } from '../config/did-you-mean.ts';
import { namedError } from '../contracts/errors.ts';
import type { Rollout } from '../contracts/items/rollout.ts';
import type { Table } from '../ports/table.ts';
import { Rollouts } from '../store/entities.ts';
import { load, loadKind, type Read } from '../store/entity.ts';

/** Fails with `RolloutNotFound`. */
export async function findRollout(table: Pick<Table, 'get' | 'queryKind'>, id: string): Promise<Read<Rollout>> {
  const rollout = await load(table, Rollouts, id);
  if (rollout !== undefined) return rollout;
  const meant = didYouMean(
    id,
    (await loadKind(table, Rollouts)).map((one) => one.id),
  );
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw namedError('RolloutNotFound', `There is no rollout ${id}.${hint} Run: liftlock get rollouts`);
}
