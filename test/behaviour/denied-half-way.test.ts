import type { EksErrorName } from '../../simulator/eks/errors.ts';
import { hours, memberOf, mutationsOf, run, smallFleet, upgradesOf, versionOf, wavesOf } from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };

/** A fleet in which EKS answers so many of its rolls with an error. */
async function refusing(name: EksErrorName, times: number) {
  const world = await smallFleet({ clusters: [web], policy: { target: '1.37' } });
  const effect = { kind: 'error', name, message: 'no eks:UpdateNodegroupVersion' } as const;
  world.eks.faults.add({ operation: 'UpdateNodegroupVersion', times, effect });
  return world;
}

test('a hop whose node groups Liftlock may not roll parks and says why, and goes on by itself once it may', async () => {
  const world = await refusing('AccessDeniedException', 4);
  await hours(world, 1);
  const [begun] = await upgradesOf(world);
  expect([begun?.status, begun?.mutated, begun?.reasons[0]]).toMatchObject([
    'Parked',
    true,
    { code: 'Denied', message: expect.stringMatching(/UpdateNodegroupVersion\. Run: liftlock access check$/) },
  ]);
  expect((await wavesOf(world))[0]).toMatchObject({ failed: 0 });
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  expect(mutationsOf(world).map(({ operation }) => operation)).toContain('UpdateNodegroupVersion');
  expect(versionOf(world, 'web')).toBe('1.37');
});
