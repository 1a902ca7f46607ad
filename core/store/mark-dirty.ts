import type { Ports } from '../ports/ports.ts';
import { ReconcileMarkers } from './entities.ts';
import { load, replace } from './entity.ts';
import { decideAndWrite } from './retry.ts';
import { writeUnrecorded } from './unrecorded.ts';

/** Has the next tick look at everything: versions, inventory or config changed. Without it the hourly full look would find it too. */
export function markDirty(ports: Pick<Ports, 'table' | 'clock'>): Promise<void> {
  return decideAndWrite(async () => {
    const marker = await load(ports.table, ReconcileMarkers);
    if (marker?.data.dirtySince !== undefined) return;
    await writeUnrecorded(ports.table, [
      replace(ReconcileMarkers, marker, { ...marker?.data, dirtySince: ports.clock.now().toISOString() }),
    ]);
  });
}
