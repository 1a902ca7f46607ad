import { MemoryTable } from '../../adapters/memory/table.ts';
import { loadParts, saveParts } from './scan-entities.ts';

const owner = { clusterKey: 'k', owner: 'arn' };
const EXPIRY = new Date('2026-12-20T00:00:00Z');
/** Long enough for several items, and hardly shrunk by gzip. */
const long = Array.from({ length: 60_000 }, (_, index) => Math.imul(index, 2_654_435_761).toString(36)).join('');

test('a long text comes back whole, and another owner’s beside it is not mixed in', async () => {
  const table = new MemoryTable();
  const count = await saveParts(table, owner, long, EXPIRY);
  expect(count).toBeGreaterThan(1);
  expect(await saveParts(table, { ...owner, owner: 'arn-2' }, 'short', EXPIRY)).toBe(1);
  expect(await loadParts(table, owner, count)).toBe(long);
  expect(await loadParts(table, { ...owner, owner: 'arn-2' }, 1)).toBe('short');
});

test('a shorter text over a longer one is read by the number that was given for it', async () => {
  const table = new MemoryTable();
  const before = await saveParts(table, owner, long, EXPIRY);
  const count = await saveParts(table, owner, 'short', EXPIRY);
  expect(await loadParts(table, owner, count)).toBe('short');
  expect(await loadParts(table, owner, before)).toBeUndefined();
});

test('what has expired in part is as if it were not there', async () => {
  const table = new MemoryTable();
  const count = await saveParts(table, owner, 'short', EXPIRY);
  expect(await loadParts(table, owner, count + 1)).toBeUndefined();
  expect(await loadParts(table, { ...owner, clusterKey: 'other' }, 1)).toBeUndefined();
});

test('each part says when it may go', async () => {
  const table = new MemoryTable();
  const expiries: unknown[] = [];
  table.beforeTransact = ([operation]) =>
    expiries.push(operation?.type === 'put' ? operation.item.expiresAt : undefined);
  await saveParts(table, owner, 'short', EXPIRY);
  expect(expiries).toEqual([EXPIRY]);
});
