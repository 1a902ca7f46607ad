import { namedError } from '../contracts/errors.ts';
import { GRACE_SECONDS } from '../contracts/mutating-calls.ts';
import type { Ports } from '../ports/ports.ts';
import { transactWithAudit } from '../store/audit.ts';
import { Epochs, FleetControls } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { newestWrites } from '../store/newest-writes.ts';

/**
 * Brings a table that was restored to an earlier point up to date, and fences everything that still believes in the old one
 * (protocol.md rule 11). Before it: mutators off, grace waited. Folds the audit's writes over the table (a newer revision wins),
 * raises the epoch, and comes up stopped; `liftlock fleet resume` lets it go on.
 */
export async function recoverAfterRestore(
  ports: Pick<Ports, 'table' | 'clock'>,
  details: { readonly restoredTo: Date; readonly mutatorsOffSince: Date; readonly by: string },
): Promise<{ epoch: number; folded: number }> {
  const { table } = ports;
  const now = ports.clock.now();
  const waited = (now.getTime() - details.mutatorsOffSince.getTime()) / 1000;
  if (waited < GRACE_SECONDS) {
    throw namedError(
      'InvalidInput',
      `The mutators are off for ${Math.floor(waited)} s; a call may still be under way for ${GRACE_SECONDS} s. Wait, then run it again.`,
    );
  }
  const folded = await fold(table, details.restoredTo);
  const epoch = await load(table, Epochs);
  const control = await load(table, FleetControls);
  const number = (epoch?.data.number ?? 0) + 1;
  const stopped = {
    stopped: true,
    by: details.by,
    at: now.toISOString(),
    reason: `The table was restored to ${details.restoredTo.toISOString()}.`,
  };
  await transactWithAudit(
    table,
    [replace(Epochs, epoch, { number }), replace(FleetControls, control, stopped)],
    [{ subject: 'fleet', event: 'FleetStopped', principal: details.by, detail: { ...stopped, epoch: number, folded } }],
    now,
  );
  return { epoch: number, folded };
}

/** Clocks differ and a restore is not exact to the second: what is folded twice is the same. */
const OVERLAP_MINUTES = 15;

async function fold(table: Ports['table'], restoredTo: Date): Promise<number> {
  const since = new Date(restoredTo.getTime() - OVERLAP_MINUTES * 60_000);
  let folded = 0;
  for (const write of newestWrites(await table.auditSince(since))) {
    const found = await table.get(write);
    if (found !== undefined && found.revision >= write.revision) continue;
    await table.restore(write);
    folded += 1;
  }
  return folded;
}
