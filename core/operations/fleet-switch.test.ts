import { MemoryTable } from '../../adapters/memory/table.ts';
import { operatorPorts, recordOf } from '../../test/material/operations/operator-ports.ts';
import { NOON } from '../../test/material/protocol/one-upgrade.ts';
import { noticeOf } from '../notices/notice-of.ts';
import { stopsOf, withStop } from '../protocol/fleet-stops.ts';
import { fleetRefusals } from '../protocol/standing-refusals.ts';
import { FleetControls } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { resumeFleet, stopFleet } from './fleet-switch.ts';

const at = NOON.toISOString();
const change = expect.any(String);

test('who stops the fleet, when and why is kept, on record, and told', async () => {
  const { table, told, ...ports } = await operatorPorts(new MemoryTable());
  const control = { stopped: true, by: 'ann', reason: 'incident', at };
  expect(await stopFleet({ table, ...ports }, 'ann', 'incident')).toStrictEqual({ control, before: [] });
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
  const before = [{ by: 'ann', at: undefined, reason: undefined }];
  expect(await resumeFleet({ table, ...ports }, 'bob', why)).toStrictEqual({ control, before });
  expect((await load(table, FleetControls))?.data).toEqual(control);
  const lifted = [{ by: 'ann' }];
  expect(await recordOf(table, 'fleet')).toEqual([
    { event: 'FleetResumed', principal: 'bob', detail: { ...control, lifted } },
  ]);
  expect(told).toEqual([{ type: 'FleetResumed', detail: { version: 1, change, by: 'bob', lifted } }]);
});

test('a fleet that goes on is not resumed: nothing is written, recorded or told', async () => {
  const { table, told, ...ports } = await operatorPorts(new MemoryTable());
  expect(await resumeFleet({ table, ...ports }, 'bob')).toEqual({ control: { stopped: false }, before: [] });
  expect([(await load(table, FleetControls))?.data, await recordOf(table, 'fleet'), told]).toEqual([undefined, [], []]);
  await stopFleet({ table, ...ports }, 'ann', 'incident');
  await resumeFleet({ table, ...ports }, 'bob');
  await resumeFleet({ table, ...ports }, 'ann', 'me too');
  expect((await load(table, FleetControls))?.data).toEqual({ stopped: false, by: 'bob', at });
  expect(await recordOf(table, 'fleet')).toHaveLength(2);
});

const ANN = { by: 'ann', at, reason: 'incident' };
const BOB = { by: 'bob', at, reason: 'another one' };

test('the first stop stays in force, and whoever stops a stopped fleet stands beside it', async () => {
  const { table, told, ...ports } = await operatorPorts(new MemoryTable());
  await stopFleet({ table, ...ports }, 'ann', 'incident');
  const control = { stopped: true, ...ANN, beside: [BOB] };
  expect(await stopFleet({ table, ...ports }, 'bob', 'another one')).toStrictEqual({ control, before: [ANN] });
  expect((await load(table, FleetControls))?.data).toEqual(control);
  expect((await recordOf(table, 'fleet')).at(-1)).toEqual({
    event: 'FleetStopped',
    principal: 'bob',
    detail: { stopped: true, ...BOB },
  });
  const detail = { version: 1, change, by: 'bob', reason: 'another one', first: ANN };
  expect(told.at(-1)).toEqual({ type: 'FleetStopped', detail });
  expect(noticeOf({ type: 'FleetStopped', detail: { ...detail, version: 1, change: 'fleet#2' } })?.what).toBe(
    `bob stopped the whole fleet. It was stopped already, since ${at} by ann: incident.`,
  );
});

test('one resume lifts all stops, and says whose they were', async () => {
  const { table, told, ...ports } = await operatorPorts(new MemoryTable());
  await stopFleet({ table, ...ports }, 'ann', 'incident');
  await stopFleet({ table, ...ports }, 'bob', 'another one');
  expect((await resumeFleet({ table, ...ports }, 'bob')).before).toEqual([ANN, BOB]);
  expect((await load(table, FleetControls))?.data).toEqual({ stopped: false, by: 'bob', at });
  expect((await recordOf(table, 'fleet')).at(-1)?.detail.lifted).toEqual([ANN, BOB]);
  const [last] = told.slice(-1);
  expect(last && noticeOf(last)?.why).toBe('It was stopped by ann: incident; by bob: another one');
  await stopFleet({ table, ...ports }, 'bob', 'once more');
  expect((await load(table, FleetControls))?.data).toEqual({ stopped: true, ...BOB, reason: 'once more' });
});

test('who says the same again has said it', async () => {
  const { table, told, ...ports } = await operatorPorts(new MemoryTable());
  for (const by of ['ann', 'bob', 'ann', 'bob']) await stopFleet({ table, ...ports }, by, 'incident');
  const beside = [{ ...BOB, reason: 'incident' }];
  expect((await load(table, FleetControls))?.data).toEqual({ stopped: true, ...ANN, beside });
  expect([(await recordOf(table, 'fleet')).length, told.length]).toEqual([2, 2]);
});

test('the release before reads a fleet with several stops as stopped by the first', () => {
  const { beside, ...known } = withStop({ stopped: true, ...ANN }, BOB);
  expect([beside, known]).toEqual([[BOB], { stopped: true, ...ANN }]);
});

test('so many stand beside the first that the item stays small; it is stopped all the same', () => {
  let control = withStop(undefined, ANN);
  for (let number = 0; number < 100; number += 1) control = withStop(control, { ...BOB, reason: `${number}` });
  expect([control.stopped, stopsOf(control).length]).toEqual([true, 21]);
});

test('every stop is named to whoever it keeps', () => {
  const fleet = { mode: 'act' } as Parameters<typeof fleetRefusals>[0];
  const [refusal] = fleetRefusals(fleet, withStop({ stopped: true, ...ANN }, BOB));
  expect(refusal?.message).toBe(`The fleet was stopped by ann: incident. And at ${at} by bob: another one.`);
});
