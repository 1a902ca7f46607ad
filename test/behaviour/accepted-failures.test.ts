import { retryCluster } from '../../core/operations/hold-switch.ts';
import { resumeRollout } from '../../core/operations/rollout-orders.ts';
import type { World } from '../../simulator/process/world.ts';
import { at, keyOf, spec } from './changed-policy.ts';
import { hours, memberOf, membersOf, PERSON, rolloutIdOf, smallFleet, wavesOf } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

/** A wave that may have no failure, in which one has failed, a person has accepted that, and somebody retries it. */
async function acceptedAndRetried(prepareNext: (world: World) => void): Promise<World> {
  const world = await smallFleet({
    clusters: staged('dev', ['p', 'q', 'r', 's'], '1.36'),
    policy: spec(at('dev', { maxConcurrency: 1, failureBudget: { maxFailures: 0 } })),
    prepare: failing('p'),
  });
  await hours(world, 4);
  expect((await memberOf(world, 'p')).status).toBe('Failed');
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'seen', { acceptFailures: true });
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  prepareNext(world);
  await hours(world, 20);
  return world;
}

test('what a person has accepted lets nobody else fail once the failure is taken back', async () => {
  const world = await acceptedAndRetried(({ eks }) => failing('q')(eks.state));
  const [wave] = await wavesOf(world);
  expect(wave).toMatchObject({ status: 'Halted', failed: 1, acceptedFailures: 0 });
  const states = Object.fromEntries((await membersOf(world)).map(({ name, status }) => [name, status]));
  expect(states).toMatchObject({ p: 'Succeeded', q: 'Failed' });
});

test('nor does it let the same one fail once more', async () => {
  const world = await acceptedAndRetried(({ eks }) => failing('p')(eks.state));
  expect((await wavesOf(world))[0]).toMatchObject({ status: 'Halted', failed: 1, acceptedFailures: 0 });
});
