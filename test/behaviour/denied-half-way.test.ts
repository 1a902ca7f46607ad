import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import type { EksErrorName } from '../../simulator/eks/errors.ts';
import type { ApiFault } from '../../simulator/kubernetes/faults/api-fault.ts';
import { setAccess } from './drained-shop.ts';
import { onStep } from './on-step.ts';
import {
  hours,
  memberOf,
  mutationsOf,
  onlyCluster,
  PERSON,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

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

test('a hop whose API server lets Liftlock in no more is not counted as failed: it parks, and is checked once it may be', async () => {
  const world = await smallFleet({ clusters: [web], policy: { target: '1.37' } });
  onStep(world, 'upgrade-control-plane', 'done', 'web', () => setAccess(world, 'access-entries'));
  await hours(world, 6);
  const [begun] = await upgradesOf(world);
  expect([begun?.status, begun?.reasons[0]]).toMatchObject(['Parked', { code: 'ClusterUnauthorized' }]);
  expect((await wavesOf(world))[0]).toMatchObject({ failed: 0 });
  setAccess(world, 'any-principal');
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  const [{ reasons } = { reasons: [] }] = await upgradesOf(world);
  expect(reasons.map(({ code, message }) => [code, message])).toEqual([
    ['Looked', expect.stringContaining('workloads: 3')],
  ]);
});

test.each<[string, ApiFault]>([
  ['fails', { kind: 'server-error', status: 503, on: '*', times: 3 }],
  ['breaks its answers off', { kind: 'connection-reset', when: 'during-body', on: '*', times: 3 }],
])('a hop that goes on while its API server %s waits for it, whatever it has changed', async (_, fault) => {
  const world = await smallFleet({ clusters: [web], policy: { target: '1.37' } });
  onStep(world, 'upgrade-control-plane', 'done', 'web', () => void stopFleet(world.ports, PERSON, 'look'));
  await hours(world, 2);
  expect((await upgradesOf(world))[0]).toMatchObject({ status: 'Parked', mutated: true });
  onlyCluster(world).kubernetes.faults = [fault];
  await resumeFleet(world.ports, PERSON);
  await run(world);
  expect([await memberOf(world, 'web'), onlyCluster(world).kubernetes.faults]).toMatchObject([
    { status: 'Succeeded' },
    [],
  ]);
});
