import { MemoryTable } from '../../adapters/memory/table.ts';
import { operatorPorts, recordOf } from '../../test/material/operations/operator-ports.ts';
import { NOON } from '../../test/material/protocol/one-upgrade.ts';
import { FleetControls } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { resumeFleet, stopFleet } from './fleet-switch.ts';

const at = NOON.toISOString();
const change = expect.any(String);

test('who stops the fleet, when and why is kept, on record, and told', async () => {
  const { table, told, ...ports } = await operatorPorts(new MemoryTable());
  const control = { stopped: true, by: 'ann', reason: 'incident', at };
  expect(await stopFleet({ table, ...ports }, 'ann', 'incident')).toStrictEqual(control);
  expect((await load(table, FleetControls))?.data).toEqual(control);
  expect(await recordOf(table, 'fleet')).toEqual([{ event: 'FleetStopped', principal: 'ann', detail: control }]);
  expect(told).toEqual([{ type: 'FleetStopped', detail: { version: 1, change, by: 'ann', reason: 'incident' } }]);
});

test.each([
  ['with a reason', 'it is over', { reason: 'it is over' }],
  ['without one', undefined, {}],
])('a fleet that was stopped goes on %s', async (_, why, more) => {
  const { table, told, ...ports } = await operatorPorts(new MemoryTable(), { control: { stopped: true, by: 'ann' } });
  const control = { stopped: false, by: 'bob', at, ...more };
  expect(await resumeFleet({ table, ...ports }, 'bob', why)).toStrictEqual(control);
  expect((await load(table, FleetControls))?.data).toEqual(control);
  expect(await recordOf(table, 'fleet')).toEqual([{ event: 'FleetResumed', principal: 'bob', detail: control }]);
  expect(told).toEqual([{ type: 'FleetResumed', detail: { version: 1, change, by: 'bob' } }]);
});

test('a fleet that goes on is not resumed: nothing is written, recorded or told', async () => {
  const { table, told, ...ports } = await operatorPorts(new MemoryTable());
  expect(await resumeFleet({ table, ...ports }, 'bob')).toEqual({ stopped: false });
  expect([(await load(table, FleetControls))?.data, await recordOf(table, 'fleet'), told]).toEqual([undefined, [], []]);
  await stopFleet({ table, ...ports }, 'ann', 'incident');
  await resumeFleet({ table, ...ports }, 'bob');
  await resumeFleet({ table, ...ports }, 'ann', 'me too');
  expect((await load(table, FleetControls))?.data).toEqual({ stopped: false, by: 'bob', at });
  expect(await recordOf(table, 'fleet')).toHaveLength(2);
});

test('whoever stops a stopped fleet has the last word on why', async () => {
  const { table, told, ...ports } = await operatorPorts(new MemoryTable());
  await stopFleet({ table, ...ports }, 'ann', 'incident');
  await stopFleet({ table, ...ports }, 'bob', 'another one');
  expect((await load(table, FleetControls))?.data).toMatchObject({ stopped: true, by: 'bob', reason: 'another one' });
  expect(told).toHaveLength(2);
});
