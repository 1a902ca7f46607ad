import type { Wave } from '../../core/contracts/items/rollout.ts';
import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, spec, statusOf } from './changed-policy.ts';
import { onStep } from './on-step.ts';
import { hours, PERSON, recordOf, rolloutIdOf, smallFleet, touched, wavesOf } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

const HOUR = 3_600_000;
const inHours = (world: World, hours: number) => new Date(world.clock.now().getTime() + hours * HOUR);

async function watched(): Promise<World> {
  return smallFleet({
    clusters: [{ name: 'a', version: '1.36', nodegroups: [{ name: 'workers' }] }],
    policy: {
      waves: [
        {
          name: 'first',
          clusters: ['a'],
          soak: '10h',
          gates: [{ alarm: 'errors' }, { webhook: 'https://gates.example.com/x' }],
        },
      ],
    },
  });
}

/** Days in which nothing happens but a soak. */
async function toItsEnd(world: World): Promise<void> {
  await runWorld(world, { until: inHours(world, 30), notBefore: inHours(world, 29) });
  expect(await checkInvariants(world)).toEqual([]);
}

async function first(world: World): Promise<Wave> {
  const [wave] = await wavesOf(world);
  if (wave === undefined) throw new Error('there is no wave');
  return wave;
}

const hoursBetween = (from: string | undefined, to: string | undefined): number =>
  (Date.parse(to ?? '') - Date.parse(from ?? '')) / HOUR;

test('green throughout, a wave soaks as long as its policy says', async () => {
  const world = await watched();
  await toItsEnd(world);
  const { status, lastSuccessAt, endedAt } = await first(world);
  expect(status).toBe('Completed');
  expect(hoursBetween(lastSuccessAt, endedAt)).toBeGreaterThanOrEqual(10);
  expect(hoursBetween(lastSuccessAt, endedAt)).toBeLessThan(10.05);
});

test.each(['red', 'unknown'] as const)('a gate that is %s for a while starts the soak anew', async (status) => {
  const world = await watched();
  await runWorld(world, { until: inHours(world, 8), notBefore: inHours(world, 8) });
  expect((await first(world)).status).toBe('Soaking');
  world.gates.set('https://gates.example.com/x', status);
  await runWorld(world, { until: inHours(world, 1), notBefore: inHours(world, 1) });
  const { reasons } = await first(world);
  expect(reasons).toMatchObject([{ code: status === 'red' ? 'GateRed' : 'GateUnknown' }]);
  world.gates.clear();
  const greenAgain = world.clock.now().toISOString();
  await toItsEnd(world);
  const { endedAt } = await first(world);
  expect(hoursBetween(greenAgain, endedAt)).toBeGreaterThanOrEqual(9.9);
  expect(hoursBetween(greenAgain, endedAt)).toBeLessThan(10.2);
});

test('a gate that stays red holds the wave as long as it does', async () => {
  const world = await watched();
  world.gates.set('errors', 'red');
  await runWorld(world, { until: inHours(world, 72), notBefore: inHours(world, 72) });
  expect((await first(world)).status).toBe('Soaking');
});

describe('a gate that a person adds to a wave that soaks', () => {
  const green = { webhook: 'https://gates.example.com/x' };
  const added = { alarm: 'errors' };
  async function world(apart: number) {
    const it = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
      policy: spec(at('dev', { soak: '10h', gates: [green] }), at('prod')),
    });
    it.gates.set('errors', 'red');
    await hours(it, 4);
    expect(await statusOf(it, 'dev')).toBe('Soaking');
    await it.tick();
    await it.clock.runUntil(new Date(it.clock.now().getTime() + apart * 1000));
    // Less soak, and in its place a gate, which is red.
    await applySpec(it, spec(at('dev', { soak: '1h', gates: [green, added] }), at('prod')));
    await it.tick();
    await it.clock.runUntil(new Date(it.clock.now().getTime() + 1000));
    return it;
  }
  test.each([
    ['a minute after the last reading (control)', 60],
    ['ten seconds after the last reading', 10],
  ])('is read before the soak ends: %s', async (_, apart) => {
    const it = await world(apart);
    expect(await statusOf(it, 'dev')).toBe('Soaking');
    await hours(it, 5);
    expect([await statusOf(it, 'dev'), await statusOf(it, 'prod'), touched(it, 'p')]).toEqual([
      'Soaking',
      'Pending',
      false,
    ]);
  });
});

test('a gate has to be green before the next wave begins also where nothing succeeded, and a person has accepted that', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    policy: spec(at('dev', { soak: '1h', gates: [{ alarm: 'errors' }] }), at('prod')),
    prepare: failing('d'),
  });
  await hours(world, 4);
  expect(await statusOf(world, 'dev')).toBe('Halted');
  world.gates.set('errors', 'red');
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'known', { acceptFailures: true });
  await hours(world, 6);
  expect([await statusOf(world, 'dev'), await statusOf(world, 'prod'), touched(world, 'p')]).toEqual([
    'Soaking',
    'Pending',
    false,
  ]);
  world.gates.clear();
  await hours(world, 4);
  expect([await statusOf(world, 'dev'), touched(world, 'p')]).toEqual(['CompletedWithFailures', true]);
});

test('a wave that settles long after its last success soaks from the first reading of its gates, which nobody read before', async () => {
  const clusters = ['a', 'b'].map((name) => ({ name, version: '1.36', nodegroups: [{ name: 'workers' }] }));
  const rules = { maxConcurrency: 1, soak: '10h', gates: [{ alarm: 'errors' }] };
  const world = await smallFleet({ clusters, policy: { waves: [{ name: 'first', clusters: ['a', 'b'], ...rules }] } });
  onStep(world, 'smoke-check', 'done', 'a', async () =>
    pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'wait'),
  );
  await hours(world, 12);
  await skipCluster(world.ports, (await recordOf(world, 'b')).clusterKey, PERSON, 'not now');
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
  const resumedAt = world.clock.now().toISOString();
  await toItsEnd(world);
  const { status, succeeded, endedAt } = await first(world);
  expect([status, succeeded]).toEqual(['Completed', 1]);
  expect(hoursBetween(resumedAt, endedAt)).toBeGreaterThanOrEqual(10);
});
