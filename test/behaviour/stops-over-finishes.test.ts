import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { answering, fleet, hook } from './hooked-fleet.ts';
import { hours, PERSON, recordOf, rolloutIdOf, rolloutsOf, upgradesOf } from './small-fleet.ts';

test('who has said stop to a control plane that was moved is asked again by the upgrade that finishes it', async () => {
  const world = await fleet({
    hooks: [hook('after', 'upgrade-control-plane')],
    policy: { trigger: 'automatic', finish: 'propose' },
  });
  const asked = answering(world, 'stop');
  await hours(world, 4);
  const statusOf = async (id: string) => (await upgradesOf(world)).find((one) => one.id === id)?.status;
  expect([asked.length, await statusOf('1.36-1.37')]).toEqual([1, 'Failed']);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'look');
  await releaseCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
  await hours(world, 1);
  const [{ policy } = { policy: '' }] = await rolloutsOf(world);
  await startRollout(world.ports, policy, PERSON, { dryRun: false, finish: true });
  await hours(world, 4);
  expect([asked.length, await statusOf('1.37-1.37')]).toEqual([2, 'Blocked']);
  expect(new Set(asked.map(({ key }) => key)).size).toBe(2);
});
