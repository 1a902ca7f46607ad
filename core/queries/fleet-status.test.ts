import { MemoryTable } from '../../adapters/memory/table.ts';
import { grant, keep, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { Grant } from '../contracts/items/protocol.ts';
import { fleetStatus } from './fleet-status.ts';

test('an upgrade that has parked counts once: as in flight until its grant is freed, and as parked from then on', async () => {
  const counted = async (held?: Grant) => {
    const table = new MemoryTable();
    await keep(table, { grant: held, upgrades: [upgrade({ status: 'Parked' })] });
    const { upgradesInFlight, upgradesParked } = await fleetStatus({ table });
    return [upgradesInFlight, upgradesParked];
  };
  expect(await counted(grant())).toEqual([1, 0]);
  expect(await counted(grant({ upgradeId: 'drain-legacy' }))).toEqual([1, 1]);
  expect(await counted()).toEqual([0, 1]);
});
