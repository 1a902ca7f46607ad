import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { decided } from '../../test/material/rollout/decided-waves.ts';
import type { HookAnswer } from '../contracts/hook.ts';
import type { HookState } from '../contracts/items/protocol.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import type { Hook } from '../policy/hook-decision.ts';
import type { Hooks } from '../ports/outside.ts';
import { Rollouts, Waves } from '../store/entities.ts';
import { load, put, replace } from '../store/entity.ts';
import { askWaveHook, heldByHooks, withoutHooks } from './wave-hooks.ts';
import type { WaveSituation } from './wave-progress.ts';

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
  if (told?.type === 'adjust-wave')
    expect(one).toMatchObject({ status: 'Halted', reasons: after.reasons, waves: [first, after] });
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

const AFTER = 'a/after/wave/prod';

/** What is decided about a rollout whose waves have passed, the last one over nobody. */
function ending(last: Partial<Wave>, more: Partial<WaveSituation> = {}, asks: Partial<Hook>[] = [{}]): string[] {
  const policy = { ...policyWith(), spec: { ...policyWith().spec, hooks: asks.map((one) => hook('a', 'after', one)) } };
  const waves = [
    { name: 'dev', status: 'Completed' as const },
    { name: 'prod', status: 'Completed' as const, plan: 2, ...last },
    { name: 'late', status: 'Skipped' as const },
  ];
  const done = { members: 1, succeeded: 1 };
  return decided({ waves: waves.map((wave) => ({ ...done, ...wave })), more: { policy, now: NOON, ...more } }).map(
    (one) =>
      one.type === 'ask-hook'
        ? `asks ${one.due.key}`
        : one.type === 'adjust-wave'
          ? `tells ${one.wave.name} ${JSON.stringify([one.changes.hooks, one.changes.reasons?.map(({ code }) => code)])}`
          : `${one.type} ${'status' in one ? one.status : ''}`,
  );
}
const waits = { code: 'HookWaits' as const, message: '' };
const settled = { code: 'Settled' as const, message: '' };
const told = { hooks: { [AFTER]: state({ answer: 'wait' }) }, reasons: [waits, settled] };

test.each<[string, Parameters<typeof ending>, readonly string[]]>([
  ['is asked about the last wave that was not passed over', [{}], [`asks ${AFTER}`]],
  ['ends once go is said', [{ hooks: { [AFTER]: state({ answer: 'go' }) } }], ['change-rollout Completed']],
  ['ends where nobody is asked', [{}, {}, []], ['change-rollout Completed']],
  ['ends where only a step is asked about', [{}, {}, [{ step: 'smoke-check' }]], ['change-rollout Completed']],
  [
    'tells its last wave no more of a hook that the policy asks no more, and ends then',
    [told, {}, []],
    [`tells prod ${JSON.stringify([told.hooks, ['Settled']])}`],
  ],
  [
    'is asked about once by who only wants to know',
    [{ hooks: { [AFTER]: state({ answer: 'stop' }) } }, {}, [{ blocking: false }]],
    ['change-rollout Completed'],
  ],
  ['waits while a straggler of it runs', [{ members: 2 }], []],
  [
    'has said for nothing what was said before a straggler of it went on',
    [{ ...told, members: 2 }],
    [`tells prod ${JSON.stringify([null, ['Settled']])}`],
  ],
  [
    'has said for nothing what was said before a retry opened it again',
    [{ ...told, status: 'Open', members: 2 }],
    [`tells prod ${JSON.stringify([null, ['Settled']])}`],
  ],
  ['stays, and asks nobody, while the fleet stands still', [{}, { standsStill: true }], []],
  [
    'has said for nothing what was said before the fleet stood still',
    [told, { standsStill: true }],
    [`tells prod ${JSON.stringify([null, ['Settled']])}`],
  ],
  [
    'ends while the fleet stands still where nobody is asked',
    [{}, { standsStill: true }, []],
    ['change-rollout Completed'],
  ],
  ['stays while nobody knows whom its policy asks', [{}, { policy: undefined, isUnreadable: true }], []],
  ['ends where its policy is gone', [{}, { policy: undefined }], ['change-rollout Completed']],
  [
    'says first at its last wave why it halts',
    [{ hooks: { [AFTER]: state({ answer: 'stop' }) }, reasons: [waits, settled] }],
    [`tells prod ${JSON.stringify([undefined, ['HookRefused', 'Settled']])}`],
  ],
])('a rollout whose waves have passed %s', (_, given, expected) => {
  expect(ending(...given)).toEqual(expected);
});

test('a wave that waits has nothing to say any more once a retry has opened one before it again', () => {
  const [open, waiting] = [{ name: 'w0', status: 'Open' as const, members: 2 }, prod({ hooks: told.hooks })];
  expect(decided({ waves: [open, { ...waiting, reasons: [waits] }], members: [{ status: 'Running' }] })).toMatchObject([
    { type: 'adjust-wave', wave: { name: 'prod' }, changes: { hooks: undefined, reasons: [] } },
  ]);
});

test('to go on asks anew what was said after a wave, and leaves what was said before it', () => {
  const hooks = { [BEFORE]: state({ answer: 'go' }), [AFTER]: state({ answer: 'go' }) };
  expect(withoutHooks(prod({ status: 'Completed', hooks, reasons: [waits, settled] }))).toMatchObject({
    hooks: { [BEFORE]: hooks[BEFORE] },
    reasons: [settled],
  });
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
async function ask(
  meanwhile: (table: MemoryTable) => Promise<void> = async () => undefined,
  said: HookAnswer = { answer: 'go', message: '' },
  more: Partial<Hook> = {},
) {
  const table = new MemoryTable();
  await table.transact([put(Rollouts, rollout, 'absent'), put(Waves, prod(), 'absent')]);
  const before: unknown[] = [];
  const hooks: Hooks = {
    ask: async () => {
      before.push((await load(table, Waves, rollout.id, 1))?.data.hooks?.[BEFORE]?.askedSince);
      await meanwhile(table);
      return said;
    },
  };
  const ports = { table, clock: { now: () => NOON }, events: { publish: async () => undefined }, hooks };
  await askWaveHook(ports, {
    type: 'ask-hook',
    rollout,
    wave: prod(),
    due: { hook: hook('b', 'before', more), key: BEFORE },
  });
  const { hooks: states, reasons = [] } = (await load(table, Waves, rollout.id, 1))?.data ?? {};
  return { before, said: states?.[BEFORE]?.answer, reasons: reasons.map(({ code }) => code) };
}

test('since when it is asked is on record before it is', async () => {
  expect(await ask()).toEqual({ before: [NOON.toISOString()], said: 'go', reasons: [] });
});

test.each([
  [true, ['HookWaits']],
  [false, []],
])('a wave tells that it waits only for whom it waits for (blocking: %s)', async (blocking, reasons) => {
  const said = { answer: 'wait', message: '' } as const;
  expect(await ask(undefined, said, { blocking })).toMatchObject({ said: 'wait', reasons });
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
    'the wave opens',
    async (table) => {
      const read = await load(table, Waves, rollout.id, 1);
      if (read !== undefined) await table.transact([replace(Waves, read, { ...read.data, status: 'Open' })]);
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
