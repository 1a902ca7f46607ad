import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { applySpec, at, spec } from './changed-policy.ts';
import {
  beforeCommit,
  hours,
  memberOf,
  PERSON,
  rolloutIdOf,
  smallFleet,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

test('whose last hop has succeeded counts as succeeded at the lowered target, though the next hop was granted and parked before it changed anything', async () => {
  const of = (target: string) => ({ ...spec(at('dev')), target });
  const world = await smallFleet({
    clusters: staged('dev', ['d'], '1.35'),
    policy: of('1.37'),
    faults: [
      {
        ...beforeCommit(
          async (one) => void (await pauseRollout(one.ports, await rolloutIdOf(one), PERSON, 'look first')),
        ),
        skip: 1,
      },
    ],
  });
  await hours(world, 5);
  expect([versionOf(world, 'd'), await memberOf(world, 'd')]).toMatchObject([
    '1.36',
    { status: 'Parked', from: '1.36' },
  ]);
  expect((await upgradesOf(world)).map(({ id, status, mutated }) => [id, status, mutated])).toContainEqual([
    '1.36-1.37',
    'Parked',
    false,
  ]);
  await applySpec(world, of('1.36'));
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'ok', {});
  await hours(world, 12);
  expect((await wavesOf(world)).map(({ status, succeeded }) => [status, succeeded])).toEqual([['Completed', 1]]);
});
