import { MemoryTable } from '../../adapters/memory/table.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import { change, changeAndTell, changeOnce, writeUnrecorded } from './change.ts';
import { FleetControls, ReconcileMarkers, Rollouts } from './entities.ts';
import { load, put, replace } from './entity.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const entry = { subject: 'fleet', event: 'FleetStopped', principal: 'ana', detail: {} };

function ports() {
  const table = new MemoryTable();
  const told: LiftlockEvent[] = [];
  return {
    table,
    told,
    clock: { now: () => NOON },
    events: { publish: async (events: readonly LiftlockEvent[]) => void told.push(...events) },
  };
}
const stopped = (by: string) => ({ stopped: true, by });

test('what is decided is written with its record, and then told with the id of that', async () => {
  const { table, told, ...others } = ports();
  const result = await changeAndTell({ table, ...others }, async (now) => ({
    result: now,
    writes: [replace(FleetControls, await load(table, FleetControls), stopped('ana'))],
    record: [entry],
    events: ([change]) => [{ type: 'FleetStopped', detail: { version: 1, change, by: 'ana', reason: 'r' } }],
  }));
  expect(result).toBe(NOON);
  expect((await load(table, FleetControls))?.data).toEqual(stopped('ana'));
  expect((await table.auditOf('fleet')).map(({ event, at }) => [event, at])).toEqual([
    ['FleetStopped', NOON.toISOString()],
  ]);
  expect(told).toEqual([{ type: 'FleetStopped', detail: { version: 1, change: 'fleet#1', by: 'ana', reason: 'r' } }]);
});

test('what moved in between has all of it decided anew, and told once', async () => {
  const { table, told, ...others } = ports();
  let tries = 0;
  await changeAndTell({ table, ...others }, async () => {
    const read = await load(table, FleetControls);
    if (tries++ === 0) await table.transact([replace(FleetControls, read, stopped('ben'))]);
    return {
      result: undefined,
      writes: [replace(FleetControls, read, stopped(`ana after ${read?.data.by}`))],
      record: [entry],
      events: () => [{ type: 'FleetResumed', detail: { version: 1, by: 'ana' } }],
    };
  });
  expect((await load(table, FleetControls))?.data.by).toBe('ana after ben');
  expect([tries, told.length, (await table.auditOf('fleet')).length]).toEqual([2, 1, 1]);
});

test('whoever looks again anyway hears that something moved', async () => {
  const { table, told, ...others } = ports();
  const decide = async () => {
    await table.transact([put(FleetControls, stopped('ben'), 'any')]);
    return {
      result: undefined,
      writes: [put(FleetControls, stopped('ana'), 'absent')],
      record: [entry],
      events: () => [],
    };
  };
  await expect(changeOnce({ table, ...others }, decide)).rejects.toMatchObject({ name: 'ConditionFailed' });
  expect([told, await table.auditOf('fleet')]).toEqual([[], []]);
});

test('what stands already is neither written nor told', async () => {
  const { table, told, ...others } = ports();
  expect(await change({ table, ...others }, async () => ({ result: 'as it was' }))).toBe('as it was');
  expect(await changeAndTell({ table, ...others }, async () => ({ result: 1 }))).toBe(1);
  expect([told, table.auditTimeline()]).toEqual([[], []]);
});

test('without a record only those are written of which somebody has said why', async () => {
  const { table } = ports();
  await writeUnrecorded(table, [put(ReconcileMarkers, {}, 'absent')]);
  const rollout = put(Rollouts, { id: 'r' } as never, 'absent');
  await expect(writeUnrecorded(table, [put(FleetControls, stopped('ana'), 'absent')])).rejects.toThrow(
    'without a record',
  );
  await expect(writeUnrecorded(table, [put(ReconcileMarkers, {}, 1), rollout])).rejects.toThrow('without a record');
  expect(await load(table, FleetControls)).toBeUndefined();
});
