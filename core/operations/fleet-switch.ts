import type { FleetStop } from '../contracts/items/fleet-stop.ts';
import type { FleetControl } from '../contracts/items/rollout.ts';
import { given } from '../model/given.ts';
import type { Ports } from '../ports/ports.ts';
import { stopsOf, withStop } from '../protocol/fleet-stops.ts';
import { changeAndTell } from '../store/change.ts';
import { FleetControls } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';

export type OperatorPorts = Pick<Ports, 'table' | 'clock' | 'events'>;

/** What the switch says now, and the stops that stood when somebody turned it: the same go on standing, or have been lifted. */
export interface Switched {
  readonly control: FleetControl;
  readonly before: readonly FleetStop[];
}

/**
 * Stops the whole fleet: from the instant it is written no mutating call is committed, whatever runs (semantics.md, Stop, pause, abort). The first stop stays in
 * force, and a further one stands beside it.
 */
export function stopFleet(ports: OperatorPorts, by: string, reason: string): Promise<Switched> {
  return changeAndTell(ports, async (now) => {
    const read = await load(ports.table, FleetControls);
    const before = stopsOf(read?.data);
    const stop = { by, at: now.toISOString(), reason };
    const control = withStop(read?.data, stop);
    if (control === read?.data) return { result: { control, before } };
    const [first] = before;
    const standing = first === undefined ? {} : { first };
    return {
      result: { control, before },
      writes: [replace(FleetControls, read, control)],
      record: [{ subject: 'fleet', event: 'FleetStopped', principal: by, detail: { stopped: true, ...stop } }],
      events: ([change]) => [{ type: 'FleetStopped', detail: { version: 1, change, by, reason, ...standing } }],
    };
  });
}

/** Lets everything go on where it parked, whoever has stopped it. A fleet that goes on is not resumed: nobody did anything. */
export function resumeFleet(ports: OperatorPorts, by: string, reason?: string): Promise<Switched> {
  return changeAndTell(ports, async (now) => {
    const read = await load(ports.table, FleetControls);
    const before = stopsOf(read?.data);
    if (before.length === 0) return { result: { control: read?.data ?? { stopped: false }, before } };
    const control: FleetControl = { stopped: false, by, at: now.toISOString(), ...given({ reason }) };
    const detail = { ...control, lifted: before };
    return {
      result: { control, before },
      writes: [replace(FleetControls, read, control)],
      record: [{ subject: 'fleet', event: 'FleetResumed', principal: by, detail }],
      events: ([change]) => [{ type: 'FleetResumed', detail: { version: 1, change, by, lifted: before } }],
    };
  });
}
