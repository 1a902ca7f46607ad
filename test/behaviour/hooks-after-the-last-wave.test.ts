import { retryCluster } from '../../core/operations/hold-switch.ts';
import { abortRollout, pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { listRollouts } from '../../core/queries/rollout-views.ts';
import { Configs } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, keyOf } from './changed-policy.ts';
import { answering, diesAtWrite, hook, minutesLater, URL } from './hooked-fleet.ts';
import {
  hours,
  memberOf,
  minutes,
  onRecord,
  PERSON,
  rolloutIdOf,
  rolloutsOf,
  run,
  smallFleet,
  wavesOf,
} from './small-fleet.ts';

const cluster = (name: string, stage = name) => ({
  ...{ name, version: '1.36', nodegroups: [{ name: 'workers' }], tags: { stage } },
});
const waves = ['dev', 'prod'].map((name) => ({ name, selector: { matchLabels: { stage: name } } }));
const judge = (more: object = {}) => hook('after', 'wave', { name: 'judge', ...more });
const spec = (...hooks: object[]) => ({ selector: {}, target: 'latest', trigger: 'automatic', waves, hooks });
const fleet = (...hooks: object[]): Promise<World> =>
  smallFleet({ clusters: [cluster('dev'), cluster('prod')], policy: spec(...hooks) });

/** Says go after dev, and `answer` after prod. */
function judged(world: World, answer: () => object) {
  const asked: { key: string; at: number }[] = [];
  world.hooks.set(URL, ({ key, wave }) => {
    if (wave === 'prod') asked.push({ key, at: world.clock.now().getTime() });
    const said = wave === 'prod' ? answer() : { answer: 'go' };
    return JSON.stringify({ schema: 'liftlock.hook/v1', ...said });
  });
  return asked;
}
const listed = async (world: World) => (await listRollouts(world.table, world.clock.now())).items[0];
const statusOf = async (world: World) => (await rolloutsOf(world))[0]?.status;
const told = async (world: World) => (await wavesOf(world))[1]?.reasons.map(({ code }) => code);

test('wait holds the rollout open, which says so; no other one of its policy begins, and go lets it end', async () => {
  const world = await fleet(judge({ timeout: '4h' }));
  let answer: object = { answer: 'wait', message: 'the load test runs' };
  const asked = judged(world, () => answer);
  await hours(world, 4);
  expect([asked.length > 0, await statusOf(world), await told(world)]).toEqual([
    ...[true, 'Running', ['HookWaits', 'Settled']],
  ]);
  expect(await listed(world)).toMatchObject({ waitsForHooks: 'prod', currentWave: null });
  expect((await wavesOf(world))[1]?.reasons[0]?.message).toMatch(
    /^The hook judge after wave\/prod is asked since \S+; it says wait: “the load test runs”\. Without a go by \S+ the rollout halts\.$/,
  );
  answer = { answer: 'go' };
  await run(world);
  expect([await statusOf(world), await told(world), new Set(asked.map(({ key }) => key)).size]).toEqual([
    ...['Completed', ['Settled'], 1],
  ]);
  expect((await listed(world))?.waitsForHooks).toBeNull();
});

test.each<[string, object, string]>([
  ['stop', { answer: 'stop', message: 'p99 is 4 s' }, 'HookRefused'],
  ['no go in time', { answer: 'wait' }, 'HookTimedOut'],
])('%s halts the rollout; to resume it asks anew, under another key', async (_, said, code) => {
  const world = await fleet(judge({ timeout: '20m' }));
  let answer = said;
  const asked = judged(world, () => answer);
  await run(world);
  const [halted] = await rolloutsOf(world);
  expect([halted?.status, halted?.reasons.map((one) => one.code), await told(world)]).toEqual([
    ...['Halted', [code], [code, 'Settled']],
  ]);
  expect((await listed(world))?.waitsForHooks).toBe('prod');
  answer = { answer: 'go' };
  const before = asked.length;
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
  expect(await told(world)).toEqual(['Settled']);
  await run(world);
  expect([await statusOf(world), asked.length - before, await told(world)]).toEqual(['Completed', 1, ['Settled']]);
  expect(asked.at(-1)?.key).not.toBe(asked[0]?.key);
});

test('to abort it ends a rollout that a hook holds or has halted, whose last wave tells of no hook then', async () => {
  const world = await fleet(judge({ timeout: '20m' }));
  judged(world, () => ({ answer: 'stop' }));
  await run(world);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'it is good');
  expect([await statusOf(world), await told(world), (await listed(world))?.waitsForHooks]).toEqual([
    ...['Aborted', ['Settled'], null],
  ]);
});

test('who only wants to know is asked once, and holds nothing', async () => {
  const world = await fleet(judge({ blocking: false }));
  const asked = judged(world, () => ({ answer: 'wait' }));
  await run(world);
  expect([await statusOf(world), asked.length, await told(world)]).toEqual(['Completed', 1, ['Settled']]);
});

test('a policy that asks nobody any more lets the rollout end', async () => {
  const world = await fleet(judge({ timeout: '4h' }));
  judged(world, () => ({ answer: 'wait' }));
  await hours(world, 4);
  await applySpec(world, spec());
  await minutes(world, 5);
  expect([await statusOf(world), await told(world)]).toEqual(['Completed', ['Settled']]);
});

test('a rollout does not end while nobody knows whom its policy asks, since this version cannot read it', async () => {
  const world = await fleet(judge({ timeout: '4h' }));
  judged(world, () => ({ answer: 'wait' }));
  await hours(world, 4);
  const read = await load(world.table, Configs, 'UpgradePolicy', 'policy-0');
  if (read === undefined) throw new Error('the policy is not there');
  const { document } = read.data;
  const newer = { ...document, spec: { ...(document.spec as object), somethingNew: true } };
  await onRecord(world, 'ConfigApplied', replace(Configs, read, { ...read.data, document: newer }));
  await hours(world, 12);
  expect([await statusOf(world), await told(world)]).toEqual(['Running', ['Settled']]);
  await applySpec(world, spec());
  await run(world);
  expect(await statusOf(world)).toBe('Completed');
});

test('no time of a hook runs while the rollout is paused, and what was said before is asked anew', async () => {
  const world = await fleet(judge({ timeout: '4h' }));
  let answer = 'wait';
  const asked = judged(world, () => ({ answer }));
  await hours(world, 4);
  expect([await statusOf(world), asked.length > 0]).toEqual(['Running', true]);
  await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'the night');
  await hours(world, 12);
  const before = asked.length;
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
  await minutes(world, 3);
  expect([await statusOf(world), asked.length > before]).toEqual(['Running', true]);
  answer = 'go';
  await run(world);
  expect([await statusOf(world), new Set(asked.map(({ key }) => key)).size]).toEqual(['Completed', 2]);
});

test('a go opens nothing where a cluster of the last wave is tried again: once that has ended it is asked anew', async () => {
  const world = await smallFleet({
    clusters: [cluster('dev'), cluster('prod'), cluster('late', 'prod')],
    policy: spec(
      judge({ timeout: '4h' }),
      hook('before', 'upgrade-control-plane', { name: 'late', selector: { when: "cluster.name == 'late'" } }),
    ),
  });
  let late = 'stop';
  const asked: string[] = [];
  world.hooks.set(URL, ({ hook: name, wave, key }) => {
    if (name === 'judge' && wave === 'prod') asked.push(key);
    const answer = name === 'late' ? late : wave === 'prod' && late === 'stop' ? 'wait' : 'go';
    return JSON.stringify({ schema: 'liftlock.hook/v1', answer });
  });
  await hours(world, 4);
  expect([(await memberOf(world, 'late')).status, await told(world)]).toEqual(['Blocked', ['HookWaits', 'Settled']]);
  const before = asked.length;
  late = 'go';
  await retryCluster(world.ports, await keyOf(world, 'late'), PERSON);
  await minutes(world, 5);
  expect([asked.length - before, (await wavesOf(world))[1]?.hooks?.['judge/after/wave/prod']]).toEqual([0, undefined]);
  await run(world);
  expect([await statusOf(world), (await memberOf(world, 'late')).status, new Set(asked).size]).toEqual([
    ...['Completed', 'Succeeded', 2],
  ]);
});

test.each([0, 1])('a tick that dies after %s writes of a question asks by the same key', async (lost) => {
  const world = await fleet(judge());
  const asked = answering(world, 'go');
  const died = diesAtWrite(world, 'judge/after/wave/prod', lost);
  await run(world);
  await minutesLater(world, 1);
  expect([died(), await statusOf(world)]).toEqual([1, 'Completed']);
  expect(new Set(asked.filter(({ wave }) => wave === 'prod').map(({ key }) => key)).size).toBe(1);
});
