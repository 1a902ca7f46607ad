import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { answering, hook } from './hooked-fleet.ts';
import { hours, PERSON, recordOf, rolloutIdOf, run, smallFleet, upgradesOf } from './small-fleet.ts';

test('a hop that failed half-way and was finished is over, whatever becomes of later patches, and nobody is asked about it again', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 1 }] }],
    policy: { finish: 'propose', patch: { nodes: {} }, hooks: [hook('after', 'upgrade-control-plane')] },
    prepare: (state) =>
      void state.plannedFailures.push({
        ...{ clusterName: 'web', nodegroupName: 'workers', type: 'VersionUpdate' },
        ...{ errorCode: 'PodEvictionFailure', errorMessage: 'no' },
      }),
  });
  const asked = answering(world, 'go');
  const statusOf = async (id: string) => (await upgradesOf(world)).find((one) => one.id === id)?.status;
  const said = async () => JSON.stringify(await explainCluster(world.ports, await recordOf(world, 'web')));
  await run(world);
  expect(await statusOf('1.36-1.37')).toBe('Failed');
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'look');
  await releaseCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, finish: true });
  await run(world);
  expect(await statusOf('1.37-1.37')).toBe('Succeeded');
  const [{ kubernetes } = { kubernetes: undefined }] = Object.values(world.eks.state.clusters);
  const patch = async () => {
    world.eks.state.imageDays = { '1.37': world.clock.now().toISOString().slice(0, 10) };
    await hours(world, 24);
  };
  const before = asked.length;
  await patch();
  expect([await statusOf('1.37-1.37'), asked.length]).toEqual(['Succeeded', before]);

  if (kubernetes !== undefined) kubernetes.failedReadyChecks = ['etcd'];
  await patch();
  expect(await statusOf('1.37-1.37')).toBe('Blocked');
  expect(await said()).not.toContain('PodEvictionFailure');
  expect(await said()).not.toContain('--to 1.37 --approve');
  const again = requestUpgrade(world.ports, await recordOf(world, 'web'), '1.37', PERSON, { approve: true });
  await expect(again).rejects.toMatchObject({ name: 'UpgradeBlocked' });
});
