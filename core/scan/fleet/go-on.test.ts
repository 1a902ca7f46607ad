import { MemoryTable } from '../../../adapters/memory/table.ts';
import { startLiveScan } from '../live/keep.ts';
import { goOn } from './go-on.ts';
import { saveState } from './run-store.ts';

const now = new Date('2026-11-20T08:00:00Z');
const scope = { account: '111111111111', region: 'eu-central-1' };
const server = { scope, name: 'web', endpoint: 'https://web.example', certificateAuthority: '' };
const order = { clusterKey: 'k', execution: 'arn:x', target: '1.37', server, skip: [] };

/** It asks how much longer it may wait, and gets no answer. */
const silent = () => {
  let asked = 0;
  const get = async () => {
    asked += 1;
    return { status: 429, text: '', retryAfterSeconds: 300 };
  };
  const readers = { open: () => ({ reader: { get }, wait: async () => {}, close: () => {} }) };
  return { readers, asked: () => asked };
};

test('an API server that asks for more patience than an invocation has is left alone for as long', async () => {
  const { readers, asked } = silent();
  const table = new MemoryTable();
  const progress = await goOn({ table, clock: { now: () => now }, readers }, order);
  expect(progress).toMatchObject({ ended: false, pauseSeconds: 300 });
  expect(asked()).toBe(1);
});

test('a scan that never ends is ended: what is left counts as not read', async () => {
  const { readers, asked } = silent();
  const table = new MemoryTable();
  const run = { clusterKey: 'k', execution: 'arn:x', target: '1.37', startedAt: now.toISOString(), reasons: [] };
  await saveState(table, { ...run, status: 'running', read: 0, left: 6, resumed: 600 }, startLiveScan(now, []), now);
  const progress = await goOn({ table, clock: { now: () => now }, readers }, order);
  expect(asked()).toBe(0);
  expect(progress.ended && progress.state.coverage.every(({ status }) => status === 'error')).toBe(true);
  expect(progress.ended && progress.state.coverage[0]?.detail).toContain('600 times');
});
