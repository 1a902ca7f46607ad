import { resumeFleet } from '../../core/operations/fleet-switch.ts';
import { recoverAfterRestore } from '../../core/operations/restore.ts';
import type { StoredItem } from '../../core/ports/table.ts';
import type { World } from '../../simulator/process/world.ts';
import { later } from './people-scenarios.ts';
import type { Scenario } from './scenario.ts';

const PERSON = 'arn:aws:iam::000000000000:role/admin';
const MINUTE = 60_000;

/** The table as it was an hour ago, with upgrades under way then and now; the audit is another table and was not touched. */
async function restoreToAnHourAgo(world: World): Promise<void> {
  const copies: { at: Date; items: readonly StoredItem[] }[] = [];
  const start = world.clock.now().getTime();
  for (let minute = 5; minute <= 90; minute += 5) {
    later(
      world,
      minute * MINUTE,
      async () => void copies.push({ at: world.clock.now(), items: world.table.snapshot() }),
    );
  }
  later(world, 95 * MINUTE, async () => {
    const copy = copies.find(({ at }) => at.getTime() >= start + 35 * MINUTE);
    if (copy === undefined) throw new Error('there is no copy of the table');
    // Mutators off, grace waited: calls fail as with a reserved concurrency of 0.
    world.switchedOff = true;
    const mutatorsOffSince = world.clock.now();
    later(world, 2 * MINUTE, async () => {
      world.table.resetTo(copy.items);
      await recoverAfterRestore(world, { restoredTo: copy.at, mutatorsOffSince, by: PERSON });
      world.switchedOff = false;
      later(world, 30 * MINUTE, () => resumeFleet(world.ports, PERSON));
    });
  });
}

export const RESTORE_SCENARIO: Scenario = {
  name: 'table restored to an hour ago',
  faults: [],
  prepare: restoreToAnHourAgo,
  check: async (world) => {
    const audit = world.table.auditTimeline();
    const first = Number(audit.find(({ event }) => event === 'Installed')?.detail.epoch);
    const isRaised = audit.some(({ event, detail }) => event === 'FleetStopped' && detail.epoch === first + 1);
    return isRaised ? [] : ['the epoch was not raised'];
  },
};
