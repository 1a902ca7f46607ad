import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import type { HookState } from '../contracts/items/protocol.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import type { Hook } from '../policy/hook-decision.ts';
import type { Hooks } from '../ports/outside.ts';
import { Rollouts, Waves } from '../store/entities.ts';
import { load, put, replace } from '../store/entity.ts';
import { askWaveHook, heldByHooks, withoutHooks } from './wave-hooks.ts';

const NOON = new Date('2026-11-20T12:00:00.000Z');
const hook = (name: string, at: Hook['at'], more: Partial<Hook> = {}): Hook => ({
  ...{ name, at, step: 'wave', ask: { webhook: 'https://hooks.example.com', secret: 's' }, blocking: true },
  ...{ timeout: '1h' },
  ...more,
});
const rollout = rolloutItem({ waves: ['dev', 'prod'] });
const dev = (given: Partial<Wave> = {}) => waveItem({ index: 0, name: 'dev', status: 'Completed', ...given });
const prod = (given: Partial<Wave> = {}) => waveItem({ index: 1, name: 'prod', status: 'Pending', plan: 2, ...given });
const state = (given: Partial<HookState> = {}): HookState => ({
  ...{ askedSince: '2026-11-20T11:30:00.000Z', grantNumber: 2 },
  ...given,
});

/** A short text of what the wave prod waits for. */
function held(hooks: readonly Hook[], states: Record<string, HookState> = {}, first = dev()): string {
  const wave = prod({ hooks: states });
  const policy = { spec: { ...policyWith().spec, hooks: [...hooks] } };
  const [told, ...others] = heldByHooks(rollout, [first, wave], wave, policy, NOON) ?? [undefined];
  expect(others).toEqual([]);
  // The wave has the reason before the rollout halts.
  const after = told?.type === 'adjust-wave' ? { ...wave, ...told.changes } : wave;
  const [one] = heldByHooks(rollout, [first, after], after, policy, NOON) ?? [undefined];
  if (told?.type === 'adjust-wave') expect(one).toMatchObject({ status: 'Halted', reasons: after.reasons });
  if (one === undefined)
    return heldByHooks(rollout, [first, wave], wave, policy, NOON) === undefined ? 'opens' : 'waits';
  return one.type === 'ask-hook'
    ? `asks ${one.due.key}`
    : `${'status' in one ? one.status : ''} ${'reasons' in one ? one.reasons[0]?.code : ''}`;
}
const BEFORE = 'b/before/wave/prod';

test.each<[string, readonly Hook[], Record<string, HookState>, string]>([
  ['nobody is asked', [hook('s', 'before', { step: 'smoke-check' })], {}, 'opens'],
  ['the wave before it is asked about first', [hook('b', 'before'), hook('a', 'after')], {}, 'asks a/after/wave/dev'],
  [
    'then the wave itself',
    [hook('b', 'before'), hook('a', 'after')],
    { 'a/after/wave/dev': state({ answer: 'go' }) },
    `asks ${BEFORE}`,
  ],
  ['go is said', [hook('b', 'before')], { [BEFORE]: state({ answer: 'go' }) }, 'opens'],
  [
    'go was said of another plan',
    [hook('b', 'before')],
    { [BEFORE]: state({ answer: 'go', grantNumber: 1 }) },
    `asks ${BEFORE}`,
  ],
  [
    'it wants to be left alone',
    [hook('b', 'before')],
    { [BEFORE]: state({ answer: 'wait', againAt: '2026-11-20T12:00:01.000Z' }) },
    'waits',
  ],
  [
    'it may be asked again',
    [hook('b', 'before')],
    { [BEFORE]: state({ answer: 'wait', againAt: '2026-11-20T12:00:00.000Z' }) },
    `asks ${BEFORE}`,
  ],
  ['stop is said', [hook('b', 'before')], { [BEFORE]: state({ answer: 'stop' }) }, 'Halted HookRefused'],
  [
    'its time is over',
    [hook('b', 'before', { timeout: '30m' })],
    { [BEFORE]: state({ answer: 'wait' }) },
    'Halted HookTimedOut',
  ],
])('where %s', (_, hooks, states, said) => {
  expect(held(hooks, states)).toBe(said);
});

test.each(['Skipped', 'Open'] as const)('a wave before it that is %s is not asked about', (status) => {
  expect(held([hook('a', 'after')], {}, dev({ status }))).toBe('opens');
});

test('to go on asks a wave anew that has not opened, and leaves others as they are', () => {
  const hooks = { [BEFORE]: state({ answer: 'stop' }) };
  expect(withoutHooks(prod({ hooks, reasons: [{ code: 'HookWaits', message: '' }] }))).toMatchObject({
    hooks: undefined,
    reasons: [],
  });
  expect([withoutHooks(prod()), withoutHooks(dev({ hooks }))]).toEqual([undefined, undefined]);
});

/** Calls the hook before prod once; `meanwhile` runs before its answer. */
async function ask(meanwhile: (table: MemoryTable) => Promise<void> = async () => undefined) {
  const table = new MemoryTable();
  await table.transact([put(Rollouts, rollout, 'absent'), put(Waves, prod(), 'absent')]);
  const before: unknown[] = [];
  const hooks: Hooks = {
    ask: async () => {
      before.push((await load(table, Waves, rollout.id, 1))?.data.hooks?.[BEFORE]?.askedSince);
      await meanwhile(table);
      return { answer: 'go', message: '' };
    },
  };
  const ports = { table, clock: { now: () => NOON }, events: { publish: async () => undefined }, hooks };
  await askWaveHook(ports, {
    type: 'ask-hook',
    rollout,
    wave: prod(),
    due: { hook: hook('b', 'before'), key: BEFORE },
  });
  return { before, said: (await load(table, Waves, rollout.id, 1))?.data.hooks?.[BEFORE]?.answer };
}

test('since when it is asked is on record before it is', async () => {
  expect(await ask()).toEqual({ before: [NOON.toISOString()], said: 'go' });
});

test.each<[string, (table: MemoryTable) => Promise<void>]>([
  [
    'the rollout is paused',
    async (table) => {
      const read = await load(table, Rollouts, rollout.id);
      if (read !== undefined) await table.transact([replace(Rollouts, read, { ...read.data, status: 'Paused' })]);
    },
  ],
  [
    'the wave is planned anew',
    async (table) => {
      const read = await load(table, Waves, rollout.id, 1);
      if (read !== undefined) await table.transact([replace(Waves, read, { ...read.data, plan: 3 })]);
    },
  ],
  [
    'it is asked anew',
    async (table) => {
      const read = await load(table, Waves, rollout.id, 1);
      if (read !== undefined) await table.transact([replace(Waves, read, { ...read.data, hooks: {} })]);
    },
  ],
])('what is heard counts for nothing where %s meanwhile', async (_, meanwhile) => {
  expect((await ask(meanwhile)).said).toBeUndefined();
});
