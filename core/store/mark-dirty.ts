import type { Ports } from '../ports/ports.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { ReconcileMarkers } from './entities.ts';
import { load, replace, unchanged } from './entity.ts';
import { decideAndWrite } from './retry.ts';
import { writeUnrecorded } from './unrecorded.ts';

/**
 * The mark within the transaction of the change that it is for: whoever dies afterwards has marked. A mark that stands has to stand still
 * when the change is written, or a look that has begun meanwhile would not have seen it.
 */
export async function writeMark(table: Pick<Table, 'get'>, now: Date): Promise<WriteOperation> {
  const marker = await load(table, ReconcileMarkers);
  if (marker?.data.dirtySince !== undefined) return unchanged(ReconcileMarkers, marker);
  return replace(ReconcileMarkers, marker, { ...marker?.data, dirtySince: now.toISOString() });
}

/** Has the next tick look at everything: versions, inventory or config changed. Without it the hourly full look would find it too. */
export function markDirty({ table, clock }: Pick<Ports, 'table' | 'clock'>): Promise<void> {
  return decideAndWrite(async () => {
    const mark = await writeMark(table, clock.now());
    if (mark.type !== 'check') await writeUnrecorded(table, [mark]);
  });
}
