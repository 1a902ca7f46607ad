import { MemoryTable } from '../../../adapters/memory/table.ts';
import type { ScanRun } from '../../contracts/items/scan.ts';
import { startLiveScan } from '../live/keep.ts';
import { loadRun, loadState, saveRun, saveState } from './run-store.ts';

const now = new Date('2026-11-20T08:00:00Z');
const run: ScanRun = {
  ...{ clusterKey: 'k', execution: 'arn:x', target: '1.37', status: 'running', startedAt: now.toISOString() },
  ...{ read: 0, left: 0, resumed: 0, reasons: [] },
};
const stateOf = (read: number) => ({ ...startLiveScan(now, []), leftOut: read });

async function storedOf(table: MemoryTable) {
  const stored = await loadRun(table, run.execution);
  return stored === undefined ? undefined : loadState(table, stored.data);
}

test('what was put away last is what comes back', async () => {
  const table = new MemoryTable();
  expect(await storedOf(table)).toBeUndefined();
  const first = await saveState(table, run, stateOf(1), now);
  expect(await storedOf(table)).toEqual(stateOf(1));
  await saveState(table, first, stateOf(2), now);
  expect(await storedOf(table)).toEqual(stateOf(2));
});

test('a process that dies while it puts away leaves what was there', async () => {
  const table = new MemoryTable();
  const first = await saveState(table, run, stateOf(1), now);
  table.beforeTransact = ([operation]) => {
    if (operation?.type === 'put' && operation.item.kind === 'ScanRun') throw new Error('dead');
  };
  await expect(saveState(table, first, stateOf(2), now)).rejects.toThrow('dead');
  table.beforeTransact = () => {};
  expect(await storedOf(table)).toEqual(stateOf(1));
});

test('two that put away at once leave one whole scan, or none; never a mixture', async () => {
  const table = new MemoryTable();
  const first = await saveState(table, run, stateOf(1), now);
  // Both have read the same, and the slower one overwrites the other's parts.
  const fast = await saveState(table, first, stateOf(2), now);
  await saveState(table, first, stateOf(3), now);
  await saveRun(table, fast, now);
  expect(await storedOf(table)).toBeUndefined();
});
