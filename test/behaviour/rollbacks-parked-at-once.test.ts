import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import type { World } from '../../simulator/process/world.ts';
import { keyOf } from './changed-policy.ts';
import {
  clusterArn,
  controlsOf,
  hours,
  PERSON,
  recordOf,
  run,
  smallFleet,
  startByHand,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 2 }] };
const back = async (world: World) => (await upgradesOf(world)).find(({ id }) => id === 'rollback-1.37-1.36');

/** Taken back once, tried again, and at 1.37 for good. */
async function upAgain(): Promise<World> {
  const world = await smallFleet({ clusters: [web] });
  await run(world);
  await requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
  await run(world);
  expect([versionOf(world, 'web'), (await back(world))?.status]).toEqual(['1.36', 'Succeeded']);
  await retryCluster(world.ports, await keyOf(world, 'web'), PERSON);
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  return world;
}

test.each([
  [
    'with the command line',
    async (world: World) => {
      await requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
    },
  ],
  [
    'while the fleet is stopped, by hand',
    async (world: World) => {
      await stopFleet(world.ports, PERSON, 'an incident');
      await startByHand(world, 'rollback-cluster', { cluster: clusterArn('web'), targetVersion: '1.36' });
      expect((await back(world))?.status).toBe('Parked');
    },
  ],
])('a rollback that is asked for %s has changed nothing, whatever an earlier one had', async (_, ask) => {
  const world = await upAgain();
  await ask(world);
  expect((await back(world))?.mutated).toBe(false);
});

test('a rollback that waits behind a stop and is given up is Canceled, and leaves nothing half back', async () => {
  const world = await upAgain();
  await stopFleet(world.ports, PERSON, 'an incident');
  await startByHand(world, 'rollback-cluster', { cluster: clusterArn('web'), targetVersion: '1.36' });
  await releaseCluster(world.ports, await keyOf(world, 'web'), PERSON);
  expect((await back(world))?.status).toBe('Canceled');
});

test('one that waited behind a stop past the seven days is over, since it had changed nothing', async () => {
  const world = await upAgain();
  await stopFleet(world.ports, PERSON, 'an incident');
  await startByHand(world, 'rollback-cluster', { cluster: clusterArn('web'), targetVersion: '1.36' });
  await hours(world, 8 * 24);
  await resumeFleet(world.ports, PERSON);
  await hours(world, 6);
  expect([(await back(world))?.status, (await controlsOf(world))[0]?.held]).toEqual(['Blocked', undefined]);
});
