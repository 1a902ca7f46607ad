import { resumeFleet } from '../../core/operations/fleet-switch.ts';
import { recoverAfterRestore } from '../../core/operations/restore.ts';
import type { World } from '../../simulator/process/world.ts';
import { hours, PERSON } from './small-fleet.ts';

/** As the runbook says: everything off, the table put back, the audit folded over it, looked around (unless somebody has no time for that), resumed. */
export async function restored(
  world: World,
  copy: ReturnType<World['table']['snapshot']>,
  restoredTo: Date,
  { looksAround = true } = {},
): Promise<void> {
  world.switchedOff = true;
  const mutatorsOffSince = world.clock.now();
  await hours(world, 2 / 60);
  world.table.resetTo(copy);
  await recoverAfterRestore(world, { restoredTo, mutatorsOffSince, by: PERSON });
  world.switchedOff = false;
  if (looksAround) await hours(world, 10 / 60);
  await resumeFleet(world.ports, PERSON);
}
