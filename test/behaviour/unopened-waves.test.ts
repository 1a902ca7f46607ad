import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { resumeRollout } from '../../core/operations/rollout-orders.ts';
import type { World } from '../../simulator/process/world.ts';
import { at, hold, keyOf, spec } from './changed-policy.ts';
import { answering, hook } from './hooked-fleet.ts';
import { hours, PERSON, recordOf, rolloutIdOf, smallFleet, versionOf, wavesOf } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

/** A wave that came to its end before it had opened, since nobody of it could begin: by a failure by hand, or a hold. */
const prod = async (world: World) => (await wavesOf(world)).find(({ name }) => name === 'prod');
const fleet = (wave: object, more: object = {}, soak = '12h') =>
  smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    policy: { ...spec(at('dev', { soak }), at('prod', wave)), ...more },
    prepare: failing('p'),
  });
const failByHand = async (world: World) =>
  requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
const retry = async (world: World) => retryCluster(world.ports, await keyOf(world, 'p'), PERSON);

const BOARD = { hooks: [hook('before', 'wave', { name: 'board' })] };

test('a retry leaves its hook to be asked, and what it says holds', async () => {
  const world = await fleet({}, BOARD);
  const asked = answering(world, 'go', 'stop');
  await hours(world, 3);
  await failByHand(world);
  await hours(world, 14);
  expect(await prod(world)).toMatchObject({ status: 'Halted' });
  await retry(world);
  expect(await prod(world)).toMatchObject({ status: 'Pending' });
  await hours(world, 6);
  expect([asked.map(({ wave }) => wave), versionOf(world, 'p')]).toEqual([['dev', 'prod'], '1.36']);
});

test('a retry of who was held leaves its hook to be asked', async () => {
  const world = await fleet({ failureBudget: { maxFailures: 1 } }, BOARD);
  const asked = answering(world, 'go', 'stop');
  await hours(world, 3);
  await hold(world, 'p');
  await hours(world, 14);
  expect(await prod(world)).toMatchObject({ status: 'Undecided' });
  await retry(world);
  await hours(world, 6);
  expect([asked.map(({ wave }) => wave), versionOf(world, 'p')]).toEqual([['dev', 'prod'], '1.36']);
});

test('a retry opens it no sooner than its clusters are ready', async () => {
  const world = await fleet({ requireReady: '24h' }, {}, '30h');
  await hours(world, 3);
  await failByHand(world);
  await hours(world, 34);
  await retry(world);
  await hours(world, 6);
  const { status, openedAt } = (await prod(world)) ?? {};
  expect([status, openedAt, versionOf(world, 'p')]).toEqual(['Pending', undefined, '1.36']);
});

test('who accepts its failures ends it, and opens nothing', async () => {
  const world = await fleet({}, BOARD);
  answering(world, 'go', 'stop');
  await hours(world, 3);
  await failByHand(world);
  await hours(world, 14);
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'known', { acceptFailures: true });
  await hours(world, 2);
  expect([(await prod(world))?.openedAt, versionOf(world, 'p')]).toEqual([undefined, '1.36']);
});
