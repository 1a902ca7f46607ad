import { MemoryTable } from '../../adapters/memory/table.ts';
import { markDirty, writeMark } from './change.ts';
import { ReconcileMarkers } from './entities.ts';
import { load, put, replace } from './entity.ts';

const at = (hour: number) => ({ now: () => new Date(Date.UTC(2026, 10, 20, hour)) });

test('the marker says since when something is new, and keeps the first time until somebody has looked', async () => {
  const table = new MemoryTable();
  await markDirty({ table, clock: at(8) });
  await markDirty({ table, clock: at(9) });
  expect(await load(table, ReconcileMarkers)).toMatchObject({
    data: { dirtySince: '2026-11-20T08:00:00.000Z' },
    revision: 1,
  });
});

test('what else the marker holds stays', async () => {
  const table = new MemoryTable();
  await table.transact([put(ReconcileMarkers, { lastFullAt: '2026-11-20T07:00:00.000Z' }, 'absent')]);
  await markDirty({ table, clock: at(8) });
  expect((await load(table, ReconcileMarkers))?.data).toEqual({
    lastFullAt: '2026-11-20T07:00:00.000Z',
    dirtySince: '2026-11-20T08:00:00.000Z',
  });
});

test('a change that rests on a mark which stands is not written once a look has taken it off', async () => {
  const table = new MemoryTable();
  await markDirty({ table, clock: at(8) });
  const mark = await writeMark(table, at(9).now());
  await table.transact([replace(ReconcileMarkers, await load(table, ReconcileMarkers), {})]);
  await expect(table.transact([mark])).rejects.toMatchObject({ name: 'ConditionFailed' });
  await table.transact([await writeMark(table, at(9).now())]);
  expect((await load(table, ReconcileMarkers))?.data).toEqual({ dirtySince: '2026-11-20T09:00:00.000Z' });
});
