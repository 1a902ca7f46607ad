import type { HookRequest } from '../../core/contracts/hook.ts';
import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { calls, events, fleet, hook, minutesLater } from './hooked-fleet.ts';
import { hours, memberOf, PERSON, rolloutIdOf, run, upgradesOf, versionOf } from './small-fleet.ts';

const lambda = 'arn:aws:lambda:eu-central-1:000000000000:function:ticket';
const stateMachine = 'arn:aws:states:eu-central-1:000000000000:stateMachine:board';
const before = (ask: object, more: object = {}) => hook('before', 'upgrade-control-plane', { ask, ...more });
const output = (answer: string) => JSON.stringify({ schema: 'liftlock.hook/v1', answer });

/** Keeps each execution that is started; it ends with the answer of its turn, the last one for ever, after so many minutes. */
function machine(world: World, minutes: number, ...answers: readonly string[]): HookRequest[] {
  const started: HookRequest[] = [];
  world.hooks.set(stateMachine, async (request) => {
    started.push(request);
    const answer = answers[Math.min(started.length, answers.length) - 1] ?? 'go';
    const end = new Date(world.clock.now().getTime() + minutes * 60_000);
    await new Promise<void>((resolve) => world.clock.schedule(end, resolve));
    if (answer === 'fail') throw Object.assign(new Error('the board is closed'), { name: 'NoBoard' });
    return output(answer);
  });
  return started;
}

test('a function is asked with the same question as a webhook, and audit and upgrade name it', async () => {
  const world = await fleet({ hooks: [before({ lambda })] });
  const asked: HookRequest[] = [];
  world.hooks.set(lambda, (request) => {
    asked.push(request);
    return asked.length === 1 ? output('wait') : output('go');
  });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  expect([asked.length, new Set(asked.map(({ key }) => key)).size, asked[0]?.hook]).toEqual([2, 1, 'before-it']);
  const said = (await world.auditTimeline()).filter(({ event }) => event === 'HookAsked');
  expect(said.map(({ detail }) => detail.asked)).toEqual([lambda]);
});

test('a state machine is started once, waited for as long as it runs, and its output is the answer', async () => {
  const world = await fleet({ hooks: [before({ stateMachine })] });
  const started = machine(world, 30, 'go');
  await hours(world, 0.3);
  expect([started.length, calls(world)]).toEqual([1, []]);
  await run(world);
  expect([versionOf(world, 'web'), started.length]).toEqual(['1.37', 1]);
  expect(await events(world)).toEqual(['HookAsked', 'HookAnswered', 'HookAnswered']);
});

test.each<[string, string, RegExp]>([
  ['stop', 'HookRefused', /said stop/],
  ['fail', 'HookTimedOut', /has ended as FAILED: NoBoard: the board is closed/],
  ['wait', 'HookTimedOut', /has ended with wait/],
  ['maybe', 'HookTimedOut', /no answer of liftlock\.hook\/v1/],
])('an execution that ends with %s lets nothing pass: %s', async (answer, code, message) => {
  const world = await fleet({ hooks: [before({ stateMachine }, { timeout: '20m' })] });
  const started = machine(world, 1, answer);
  await run(world);
  expect([calls(world), started.length]).toEqual([[], 1]);
  const { reasons } = await memberOf(world, 'web');
  expect(reasons.map((one) => one.code)).toEqual([code]);
  expect(reasons[0]?.message).toMatch(message);
});

test('a machine that is only told is started, and nobody waits for it', async () => {
  const world = await fleet({ hooks: [before({ stateMachine }, { blocking: false })] });
  const started = machine(world, 600, 'stop');
  await run(world);
  expect([versionOf(world, 'web'), started.length]).toEqual(['1.37', 1]);
});

test('a go of the execution of an ended grant is never read: after a pause another one is started, with the same key', async () => {
  const world = await fleet({ hooks: [before({ stateMachine }, { timeout: '4h' })] });
  const started = machine(world, 30, 'go', 'stop');
  await hours(world, 0.3);
  await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'a look');
  // Meanwhile the first one has ended with go.
  await minutesLater(world, 60);
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
  await run(world);
  expect([started.length, new Set(started.map(({ key }) => key)).size, calls(world)]).toEqual([2, 1, []]);
  expect((await upgradesOf(world)).map(({ status }) => status)).not.toContain('Running');
});

describe('crashes', () => {
  const fault = (when: Fault['when'], operation: Fault['operation'], more: Partial<Fault> = {}): Fault => ({
    ...{ when, operation, function: 'upgrade-control-plane', effect: { kind: 'crash' } },
    ...more,
  });
  const hang = { effect: { kind: 'hang', seconds: 200 } } as const;
  test.each<[string, Fault]>([
    ['before it is on record that it is asked', fault('before', 'keep-hook')],
    ['after that', fault('after', 'keep-hook')],
    ['before it is started', fault('before', 'ask-hook')],
    ['after it was started', fault('after', 'ask-hook')],
    ['before it is on record that it runs', fault('before', 'keep-hook', { skip: 1 })],
    ['after that', fault('after', 'keep-hook', { skip: 1 })],
    ['before it is looked at', fault('before', 'ask-hook', { skip: 1 })],
    ['after it was looked at', fault('after', 'ask-hook', { skip: 1 })],
    ['before its go is on record', fault('before', 'keep-hook', { skip: 2 })],
    ['after that', fault('after', 'keep-hook', { skip: 2 })],
    ['never, but it is invoked twice', fault('before', 'ask-hook', { effect: { kind: 'duplicate' } })],
    ['never, but it hangs before the start', fault('before', 'ask-hook', hang)],
    ['never, but it hangs after the start', fault('after', 'ask-hook', hang)],
    ['before the commit', fault('before', 'commit')],
    ['after the commit', fault('after', 'commit')],
  ])('%s: one execution for each grant, and each change once', async (_, one) => {
    const armed = new Faults([one]);
    const world = await fleet({ hooks: [before({ stateMachine })], armed });
    const started = machine(world, 2, 'go');
    await run(world);
    expect(armed.hits).toHaveLength(1);
    expect(versionOf(world, 'web')).toBe('1.37');
    expect(calls(world).filter((operation) => operation === 'UpdateClusterVersion')).toHaveLength(1);
    expect(new Set(started.map(({ askedSince }) => askedSince)).size).toBe(started.length);
    expect(new Set(started.map(({ key }) => key)).size).toBe(1);
  });
});
