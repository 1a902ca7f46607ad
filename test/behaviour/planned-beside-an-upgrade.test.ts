import { requestRollback } from '../../core/operations/request-rollback.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { discover, hours, PERSON, recordOf, run, smallFleet, upgradesOf } from './small-fleet.ts';

test('the plan of a rollout says of a cluster whose upgrade or rollback runs that it does, and not what its nodes would stop some day', async () => {
  const world = await smallFleet({
    clusters: [
      { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 2 }] },
      { name: 'shop', version: '1.36' },
    ],
    policy: { trigger: 'manual' },
  });
  const plan = () => startRollout(world.ports, 'policy-0', PERSON, { dryRun: true });
  await hours(world, 1);
  await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.37', PERSON, { approve: true });
  while ((await upgradesOf(world))[0]?.steps['roll-node-group/workers']?.status !== 'running')
    await hours(world, 1 / 60);
  await discover(world);
  const during = await plan();
  expect(during.leftOut?.map(({ name, reason }) => [name, reason.code, reason.message])).toEqual([
    [
      'web',
      'UpgradeUnderWay',
      expect.stringMatching(/^The upgrade from 1\.36 to 1\.37, .* is under way .* liftlock explain cluster web\.$/),
    ],
  ]);
  await run(world);
  expect((await plan()).leftOut?.map(({ reason }) => reason.code)).toEqual(['AtTarget']);

  await requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
  const back = async () => (await upgradesOf(world)).find(({ id }) => id === 'rollback-1.37-1.36');
  while ((await back())?.steps['roll-node-group/workers']?.status !== 'done') await hours(world, 1 / 60);
  await discover(world);
  expect((await plan()).leftOut?.map(({ reason }) => reason.message)).toEqual([
    expect.stringMatching(/^The rollback from 1\.37 to 1\.36, .* is under way .* liftlock explain cluster web\.$/),
  ]);
});
