import type { HookState } from '../contracts/items/protocol.ts';
import { askAgainAt, decideHooks, type Hook, hookWaits } from './hook-decision.ts';

const AGAIN = 'liftlock rollout resume r';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 8, minute));
const GRANT = 7;
const ask = { webhook: 'https://hooks.example.com/x', secret: 'arn' };
const hook = (more: Partial<Hook> = {}): Hook => ({
  ...{ name: 'one', at: 'before', step: 'upgrade-control-plane', ask, blocking: true, timeout: '30m' },
  ...more,
});
const said = (answer: HookState['answer'], more: Partial<HookState> = {}): HookState => ({
  ...{ askedSince: at(0).toISOString(), grantNumber: GRANT },
  ...(answer === undefined ? {} : { answer, answeredAt: at(0).toISOString(), message: '' }),
  ...more,
});
const older = { grantNumber: GRANT - 1 };

test.each<[string, Partial<Hook>, HookState | undefined, number, string]>([
  ['one that was never asked', {}, undefined, 0, 'ask'],
  ['one that was asked and not heard', {}, said(undefined), 1, 'ask'],
  ['one that says wait', {}, said('wait'), 29, 'ask'],
  ['one that gives no answer', {}, said('none'), 29, 'ask'],
  ['one that says go', {}, said('go'), 1, 'pass'],
  ['one that has said go long ago, under this grant', {}, said('go'), 300, 'pass'],
  ['one that says stop', {}, said('stop'), 1, 'HookRefused'],
  ['one that says wait when its time is over', {}, said('wait'), 30, 'HookTimedOut'],
  ['one that gives no answer when its time is over', {}, said('none'), 30, 'HookTimedOut'],
  ['one that was not heard when its time is over', {}, said(undefined), 30, 'HookTimedOut'],
  ['a go under an older grant', {}, said('go', older), 1, 'ask'],
  ['a stop under an older grant', {}, said('stop', older), 1, 'ask'],
  ['a wait under an older grant, its time over', {}, said('wait', older), 90, 'ask'],
  ['after a step, a go under an older grant', { at: 'after' }, said('go', older), 90, 'pass'],
  ['after a step, a stop under an older grant', { at: 'after' }, said('stop', older), 1, 'ask'],
  ['after a step, a wait under an older grant', { at: 'after' }, said('wait', older), 90, 'ask'],
  ['an advisory one that was never asked', { blocking: false }, undefined, 0, 'ask'],
  ['an advisory one that was not heard', { blocking: false }, said(undefined), 1, 'ask'],
  ['an advisory one that was never heard in its time', { blocking: false }, said(undefined), 30, 'pass'],
  ['an advisory one that says stop', { blocking: false }, said('stop'), 1, 'pass'],
  ['an advisory one that says wait', { blocking: false }, said('wait'), 1, 'pass'],
  ['an advisory one that gives no answer', { blocking: false }, said('none'), 1, 'pass'],
  ['advisory, after a step, told before', { blocking: false, at: 'after' }, said('none', older), 1, 'pass'],
])('%s', (_, more, state, minute, wanted) => {
  const states = state === undefined ? {} : { key: state };
  const decision = decideHooks([{ hook: hook(more), key: 'key' }], states, GRANT, at(minute), AGAIN);
  expect(decision.type === 'stop' ? decision.reason.code : decision.type).toBe(wanted);
});

test('a no names the command that has it asked anew', () => {
  for (const [state, minute] of [
    [said('stop'), 1],
    [said('wait'), 30],
  ] as const) {
    const decision = decideHooks([{ hook: hook({}), key: 'key' }], { key: state }, GRANT, at(minute), AGAIN);
    expect(decision).toMatchObject({
      type: 'stop',
      reason: { message: expect.stringMatching(/: liftlock rollout resume r$/) },
    });
  }
});

test('hooks are asked one after the other, and the first that says stop ends it', () => {
  const due = ['a', 'b', 'c'].map((name) => ({ hook: hook({ name }), key: name }));
  const after = (states: Record<string, HookState>) => decideHooks(due, states, GRANT, at(1), AGAIN);
  expect(after({})).toMatchObject({ type: 'ask', due: { key: 'a' } });
  expect(after({ a: said('go') })).toMatchObject({ type: 'ask', due: { key: 'b' } });
  expect(after({ a: said('wait'), b: said('go') })).toMatchObject({ type: 'ask', due: { key: 'a' } });
  expect(after({ a: said('go'), b: said('stop'), c: said('go') })).toMatchObject({ type: 'stop' });
  expect(after({ a: said('go'), b: said('go'), c: said('go') })).toEqual({ type: 'pass' });
  expect(decideHooks([], {}, GRANT, at(1), AGAIN)).toEqual({ type: 'pass' });
});

// Minutes: asked for so long, the seconds that it asks for, when it is asked again; its time is over after 30.
test.each([
  [0, 0, 10 / 60],
  [8, 0, 9],
  [8, 300, 13],
  [8, 3600, 28],
  [27, 0, 28],
  [28, 0, 30],
  [29.9, 60, 30],
])('after %d minutes, with a pause of %d s, it is asked again after %d', (minutes, seconds, again) => {
  const after = (minute: number) => new Date(at(0).getTime() + minute * 60_000);
  expect(askAgainAt(hook(), said('wait'), seconds, after(minutes))).toEqual(after(again));
});

test('people are told which hook, since when, what it says, and until when', () => {
  const due = { hook: hook({ name: 'ticket' }), key: 'ticket/before/roll-node-group/workers' };
  const words = (state: HookState) => hookWaits(due, state).message;
  const title = 'The hook ticket before roll-node-group/workers';
  const since = 'is asked since 2026-11-20T08:00:00.000Z';
  const by = 'Without a go by 2026-11-20T08:30:00.000Z the step stops.';
  expect(words(said('wait', { message: 'The board meets at two.' }))).toBe(
    `${title} ${since}; it says wait: “The board meets at two”. ${by}`,
  );
  expect(words(said('none', { message: 'It answered with HTTP status 503 instead of 200.' }))).toBe(
    `${title} ${since}; it gives no answer that counts: “It answered with HTTP status 503 instead of 200”. ${by}`,
  );
  expect(words(said('wait'))).toBe(`${title} ${since}; it says wait. ${by}`);
});
