import { MemoryTable } from '../../adapters/memory/table.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import { FleetControls } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { resumeFleet, stopFleet } from './fleet-switch.ts';

const ALICE = 'arn:aws:iam::000000000000:role/alice';
const BOB = 'arn:aws:iam::000000000000:role/bob';

function fleet() {
  const table = new MemoryTable();
  const published: LiftlockEvent[] = [];
  const clock = { now: () => new Date('2026-11-20T08:00:00Z') };
  const publish = async (events: readonly LiftlockEvent[]) => void published.push(...events);
  const ports = { table, clock, events: { publish } };
  const recorded = async () => (await table.auditOf('fleet')).map(({ event, principal }) => [event, principal]);
  return { ports, published, recorded, control: async () => (await load(table, FleetControls))?.data };
}

test('a stop and its end are on record with who did it and why, and told', async () => {
  const { ports, published, recorded, control } = fleet();
  const stopped = { stopped: true, by: ALICE, reason: 'incident', at: '2026-11-20T08:00:00.000Z' };
  expect(await stopFleet(ports, ALICE, 'incident')).toEqual(stopped);
  expect(await control()).toEqual(stopped);
  await resumeFleet(ports, BOB, 'over');
  expect(await control()).toEqual({ ...stopped, stopped: false, by: BOB, reason: 'over' });
  expect(await recorded()).toEqual([
    ['FleetStopped', ALICE],
    ['FleetResumed', BOB],
  ]);
  expect(published.map(({ type }) => type)).toEqual(['FleetStopped', 'FleetResumed']);
});

test('a fleet that goes on is not resumed: nothing is written, recorded or told', async () => {
  const { ports, published, recorded, control } = fleet();
  await resumeFleet(ports, BOB);
  expect([await control(), await recorded(), published]).toEqual([undefined, [], []]);
  await stopFleet(ports, ALICE, 'incident');
  await resumeFleet(ports, BOB);
  await resumeFleet(ports, ALICE, 'me too');
  expect((await control())?.by).toBe(BOB);
  expect(await recorded()).toHaveLength(2);
});

test('whoever stops a stopped fleet has the last word on why', async () => {
  const { ports, control } = fleet();
  await stopFleet(ports, ALICE, 'incident');
  await stopFleet(ports, BOB, 'another one');
  expect(await control()).toMatchObject({ stopped: true, by: BOB, reason: 'another one' });
});
