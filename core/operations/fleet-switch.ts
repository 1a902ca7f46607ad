import type { FleetControl } from '../contracts/items/rollout.ts';
import type { Ports } from '../ports/ports.ts';
import { transactWithAudit } from '../store/audit.ts';
import { FleetControls } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { decideAndWrite } from '../store/retry.ts';

export type OperatorPorts = Pick<Ports, 'table' | 'clock' | 'events'>;

/** Stops the whole fleet: from the instant it is written no mutating call is committed, whatever runs (design.md §3). */
export async function stopFleet(ports: OperatorPorts, by: string, reason: string): Promise<FleetControl> {
  const { control, change } = await write(ports, (at) => ({ stopped: true, by, at, reason }), 'FleetStopped', by);
  await ports.events.publish([{ type: 'FleetStopped', detail: { version: 1, change, by, reason } }]);
  return control;
}

/** Lets everything go on where it parked. */
export async function resumeFleet(ports: OperatorPorts, by: string, reason?: string): Promise<FleetControl> {
  const why = reason === undefined ? {} : { reason };
  const { control, change } = await write(ports, (at) => ({ stopped: false, by, at, ...why }), 'FleetResumed', by);
  await ports.events.publish([{ type: 'FleetResumed', detail: { version: 1, change, by } }]);
  return control;
}

function write(
  ports: OperatorPorts,
  next: (at: string) => FleetControl,
  event: string,
  by: string,
): Promise<{ readonly control: FleetControl; readonly change: string | undefined }> {
  return decideAndWrite(async () => {
    const read = await load(ports.table, FleetControls);
    const now = ports.clock.now();
    const control = next(now.toISOString());
    const [change] = await transactWithAudit(
      ports.table,
      [replace(FleetControls, read, control)],
      [{ subject: 'fleet', event, principal: by, detail: { ...control } }],
      now,
    );
    return { control, change };
  });
}
