import type { Wave } from '../contracts/items/rollout.ts';
import type { Table } from '../ports/table.ts';
import { rolloutPartition, Waves } from './entities.ts';
import { decode, type Read } from './entity.ts';

/** The waves of a rollout, in their order. */
export async function loadWaves(table: Pick<Table, 'queryPartition'>, rolloutId: string): Promise<Read<Wave>[]> {
  return (await table.queryPartition(rolloutPartition(rolloutId), 'WAVE#')).map((item) => decode(Waves, item));
}
