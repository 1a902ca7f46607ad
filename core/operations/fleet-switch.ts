import type { LiftlockEvent } from '../contracts/events.ts';
import type { FleetControl } from '../contracts/items/rollout.ts';
import type { Ports } from '../ports/ports.ts';
import { changeAndTell } from '../store/change.ts';
import { FleetControls } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';

export type OperatorPorts = Pick<Ports, 'table' | 'clock' | 'events'>;

/** Stops the whole fleet: from the instant it is written no mutating call is committed, whatever runs (design.md §3). */
export const stopFleet = (ports: OperatorPorts, by: string, reason: string): Promise<FleetControl> =>
  switchFleet(ports, { stopped: true, by, reason }, (change) => ({
    type: 'FleetStopped',
    detail: { version: 1, change, by, reason },
  }));

/** Lets everything go on where it parked. */
export const resumeFleet = (ports: OperatorPorts, by: string, reason?: string): Promise<FleetControl> =>
  switchFleet(ports, { stopped: false, by, ...(reason === undefined ? {} : { reason }) }, (change) => ({
    type: 'FleetResumed',
    detail: { version: 1, change, by },
  }));

function switchFleet(
  ports: OperatorPorts,
  switched: FleetControl & { readonly by: string },
  told: (change: string | undefined) => LiftlockEvent,
): Promise<FleetControl> {
  return changeAndTell(ports, async (now) => {
    const control = { ...switched, at: now.toISOString() };
    const read = await load(ports.table, FleetControls);
    // A fleet that goes on is not resumed: nobody did anything.
    if (!control.stopped && read?.data.stopped !== true) return { result: read?.data ?? { stopped: false } };
    const event = control.stopped ? 'FleetStopped' : 'FleetResumed';
    return {
      result: control,
      writes: [replace(FleetControls, read, control)],
      record: [{ subject: 'fleet', event, principal: control.by, detail: { ...control } }],
      events: ([change]) => [told(change)],
    };
  });
}
