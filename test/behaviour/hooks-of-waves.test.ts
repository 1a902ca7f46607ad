import { applyConfig } from '../../core/operations/apply-documents.ts';
import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { fleetOf } from './changed-policy.ts';
import { type Asked, answering, diesAtWrite, hook, minutesLater, URL } from './hooked-fleet.ts';
import { hours, PERSON, recordOf, rolloutIdOf, rolloutsOf, run, smallFleet, touched, wavesOf } from './small-fleet.ts';

const cluster = (name: string) => ({ name, version: '1.36', nodegroups: [{ name: 'workers' }], tags: { stage: name } });
const waves = ['dev', 'prod'].map((name) => ({ name, selector: { matchLabels: { stage: name } } }));
const waved = (at: 'before' | 'after', more: object = {}) => hook(at, 'wave', more);

/** Two waves of one cluster each, and whoever is asked of them. */
const fleet = (...hooks: readonly object[]): Promise<World> =>
  smallFleet({ clusters: [cluster('dev'), cluster('prod')], policy: { waves, hooks } });
const look = (world: World, mode: 'act' | 'observe') => applyConfig(world.ports, [fleetOf({ mode })], PERSON);
const shown = async (world: World) => (await wavesOf(world)).map(({ name, status }) => `${name} ${status}`);
const asWords = (asked: readonly Asked[]) => asked.map(({ hook: name, at, wave }) => `${name} ${at} ${wave}`);
const rollout = async (world: World) => (await rolloutsOf(world))[0];
const events = async (world: World) =>
  (await world.auditTimeline()).flatMap(({ event, subject, detail }) =>
    event.startsWith('Hook') && subject.startsWith('rollout/')
      ? [`${event} ${detail.hook} ${detail.answer ?? ''}`.trim()]
      : [],
  );

test('each wave is asked about before it opens, and after it before the next one opens or the rollout ends: once each where go is said', async () => {
  const world = await fleet(waved('before', { name: 'a' }), waved('after', { name: 'b' }));
  const asked = answering(world, 'go');
  await run(world);
  expect(asWords(asked)).toEqual(['a before dev', 'b after dev', 'a before prod', 'b after prod']);
  expect(new Set(asked.map(({ key }) => key)).size).toBe(4);
  expect(asked[0]).toMatchObject({ schema: 'liftlock.hook/v1', step: 'wave', policy: 'policy-0', to: '1.37' });
  expect(asked[0]).not.toHaveProperty('cluster');
  expect(await shown(world)).toEqual(['dev Completed', 'prod Completed']);
  expect((await events(world)).slice(0, 2)).toEqual([
    'HookAsked a/before/wave/dev',
    'HookAnswered a/before/wave/dev go',
  ]);
});

test('wait delays the wave and says so, and it is asked again after the seconds that it says', async () => {
  const world = await fleet(waved('before'));
  const asked = answering(world, { answer: 'wait', seconds: 1200, message: 'the board meets at two' }, 'go');
  await hours(world, 0.25);
  expect([asked.length, await shown(world), touched(world, 'dev')]).toEqual([
    ...[1, ['dev Pending', 'prod Pending'], false],
  ]);
  for (const name of ['dev', 'prod']) {
    const { reasons } = await explainCluster(world.ports, await recordOf(world, name));
    expect(reasons.find(({ code }) => code === 'HookWaits')?.message).toMatch(
      /^The hook before-it before wave\/dev is asked since \S+; it says wait: “the board meets at two”\. Without a go by \S+ the rollout halts\.$/,
    );
  }
  await run(world);
  const [first, second] = asked;
  expect((second?.now ?? 0) - (first?.now ?? 0)).toBeGreaterThanOrEqual(1_200_000);
  expect(await shown(world)).toEqual(['dev Completed', 'prod Completed']);
});

test.each<[string, object, string, RegExp]>([
  [
    'says stop',
    { answer: 'stop', message: 'not this week' },
    'HookRefused',
    /said stop at \S+: “not this week”\..*rollout resume/,
  ],
  [
    'never says go',
    { answer: 'wait' },
    'HookTimedOut',
    /did not say go within 20m; it says wait\..*: liftlock rollout resume \S+$/,
  ],
])(
  'one that %s halts the rollout before anything of the wave begins; to resume it asks anew, under another key',
  async (_, answer, code, said) => {
    const world = await fleet(waved('before', { timeout: '20m' }));
    const asked = answering(world, answer);
    await run(world);
    const halted = await rollout(world);
    expect([halted?.status, halted?.reasons.map((one) => one.code)]).toEqual(['Halted', [code]]);
    expect(halted?.reasons[0]?.message).toMatch(said);
    expect((await wavesOf(world))[0]?.reasons).toEqual(halted?.reasons);
    expect([await shown(world), touched(world, 'dev')]).toEqual([['dev Pending', 'prod Pending'], false]);
    const again = answering(world, 'go');
    await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
    await run(world);
    expect(await shown(world)).toEqual(['dev Completed', 'prod Completed']);
    expect(asWords(again)).toEqual(['before-it before dev', 'before-it before prod']);
    expect(again[0]?.key).not.toBe(asked[0]?.key);
  },
);

test('stop after a wave lets the next one not open, and what has passed stays so', async () => {
  const world = await fleet(waved('after'));
  answering(world, 'stop');
  await run(world);
  expect([await shown(world), (await rollout(world))?.status]).toEqual([['dev Completed', 'prod Pending'], 'Halted']);
  expect(touched(world, 'prod')).toBe(false);
});

test('one that only wants to know is asked once, and nothing waits for it', async () => {
  const world = await fleet(waved('before', { blocking: false }));
  const asked = answering(world, 'stop');
  await run(world);
  expect([asked.length, await shown(world)]).toEqual([2, ['dev Completed', 'prod Completed']]);
});

test('words that are cut within an emoji are heard like others', async () => {
  const world = await fleet(waved('before'));
  const asked = answering(world, { answer: 'go', message: `${'x'.repeat(298)}🚀 all is well` });
  await run(world);
  expect([asked.length, await shown(world)]).toEqual([2, ['dev Completed', 'prod Completed']]);
});

test('what is ordered while it is asked holds: a go opens nothing in a rollout that was paused meanwhile', async () => {
  const world = await fleet(waved('before'));
  let asked = 0;
  world.hooks.set(URL, async () => {
    asked += 1;
    if (asked === 1) await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'while it was asked');
    return '{"schema":"liftlock.hook/v1","answer":"go"}';
  });
  await hours(world, 3);
  expect([asked, await shown(world)]).toEqual([1, ['dev Pending', 'prod Pending']]);
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
  await minutesLater(world, 1);
  await run(world);
  expect([asked, await shown(world)]).toEqual([3, ['dev Completed', 'prod Completed']]);
});

test.each<[string, (world: World) => Promise<unknown>, (world: World) => Promise<unknown>]>([
  ['is stopped', (world) => stopFleet(world.ports, PERSON, 'an incident'), (world) => resumeFleet(world.ports, PERSON)],
  ['only looks', (world) => look(world, 'observe'), (world) => look(world, 'act')],
])(
  'nobody is asked about a wave while the fleet %s, and a go of before counts for nothing after it',
  async (_, stop, go) => {
    const world = await fleet(waved('before', { name: 'a' }), waved('before', { name: 'b', timeout: '1h' }));
    const asked: string[] = [];
    const say = (answer: (name: string) => string) =>
      world.hooks.set(URL, ({ hook: name }) => {
        asked.push(name);
        return JSON.stringify({ schema: 'liftlock.hook/v1', answer: answer(name) });
      });
    say((name) => (name === 'a' ? 'go' : 'wait'));
    await hours(world, 0.1);
    expect(asked.slice(0, 2)).toEqual(['a', 'b']);
    await stop(world);
    await hours(world, 0.05);
    asked.length = 0;
    await hours(world, 7 * 24);
    expect([asked, (await rollout(world))?.status, await shown(world)]).toEqual([
      ...[[], 'Running', ['dev Pending', 'prod Pending']],
    ]);
    const { reasons } = await explainCluster(world.ports, await recordOf(world, 'dev'));
    expect(reasons.map(({ code }) => code)).not.toContain('HookWaits');
    say(() => 'go');
    await go(world);
    await run(world);
    expect([asked, await shown(world)]).toEqual([
      ['a', 'b', 'a', 'b'],
      ['dev Completed', 'prod Completed'],
    ]);
  },
);

test('a state machine is started once for a wave, however often it is looked at', async () => {
  const stateMachine = 'arn:aws:states:eu-central-1:000000000000:stateMachine:board';
  const world = await fleet(waved('before', { ask: { stateMachine } }));
  let started = 0;
  world.hooks.set(stateMachine, async () => {
    started += 1;
    const end = new Date(world.clock.now().getTime() + 30 * 60_000);
    await new Promise<void>((resolve) => world.clock.schedule(end, resolve));
    return '{"schema":"liftlock.hook/v1","answer":"go"}';
  });
  await run(world);
  expect([started, await shown(world)]).toEqual([2, ['dev Completed', 'prod Completed']]);
});

test.each([
  ['before it is on record that it is asked', 'before', 0],
  ['before its answer is on record', 'before', 1],
] as const)('a tick that dies %s asks by the same key', async (_, __, lost) => {
  const world = await fleet(waved('before'));
  const asked = answering(world, 'go');
  const died = diesAtWrite(world, 'before-it/before/wave/dev', lost);
  await run(world);
  expect(died()).toBe(1);
  expect(await shown(world)).toEqual(['dev Completed', 'prod Completed']);
  expect(new Set(asked.filter(({ wave }) => wave === 'dev').map(({ key }) => key)).size).toBe(1);
});

test('of a halted rollout in a fleet that is stopped, explain says both and what lifts each', async () => {
  const world = await fleet(waved('before', { timeout: '20m' }));
  answering(world, 'stop');
  await run(world);
  await stopFleet(world.ports, PERSON, 'an incident');
  const { reasons, when } = await explainCluster(world.ports, await recordOf(world, 'dev'));
  expect(reasons.map(({ code }) => code)).toEqual(['RolloutHalted', 'HookRefused', 'FleetStopped']);
  expect(when.condition).toMatch(/runs: liftlock rollout resume \S+; and somebody runs: liftlock fleet resume$/);
});
