import type { FleetControl } from '../contracts/items/rollout.ts';
import type { Ports } from '../ports/ports.ts';
import { changeAndTell } from '../store/change.ts';
import { FleetControls } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';

export type OperatorPorts = Pick<Ports, 'table' | 'clock' | 'events'>;

/** Stops the whole fleet: from the instant it is written no mutating call is committed, whatever runs (design.md §3). */
export function stopFleet(ports: OperatorPorts, by: string, reason: string): Promise<FleetControl> {
  return changeAndTell(ports, async (now) => {
    const control = { stopped: true, by, at: now.toISOString(), reason };
    const events = ([change]: readonly string[]) => [
      { type: 'FleetStopped' as const, detail: { version: 1 as const, change, by, reason } },
    ];
    return { ...(await switched(ports, 'FleetStopped', control)), events };
  });
}

/** Lets everything go on where it parked. */
export function resumeFleet(ports: OperatorPorts, by: string, reason?: string): Promise<FleetControl> {
  return changeAndTell(ports, async (now) => {
    const control = { stopped: false, by, at: now.toISOString(), ...(reason === undefined ? {} : { reason }) };
    const events = ([change]: readonly string[]) => [
      { type: 'FleetResumed' as const, detail: { version: 1 as const, change, by } },
    ];
    return { ...(await switched(ports, 'FleetResumed', control)), events };
  });
}

async function switched({ table }: OperatorPorts, event: string, control: FleetControl & { readonly by: string }) {
  const read = await load(table, FleetControls);
  return {
    result: control,
    writes: [replace(FleetControls, read, control)],
    record: [{ subject: 'fleet', event, principal: control.by, detail: { ...control } }],
  };
}
