import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { planUpgrade } from '../../core/queries/upgrade-plan.ts';
import { hours, recordOf, smallFleet } from './small-fleet.ts';

test('settings that cannot be put back are told as long as they are left, and tried ever more rarely', async () => {
  const own = { maxUnavailable: 1 };
  const nodegroups = [{ name: 'workers', nodes: 4, updateConfig: own }];
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups }],
    policy: { nodes: { updateConfig: { maxUnavailable: 3 } } },
  });
  let calls = 0;
  const deny = ({ operation }: { operation: string }) => {
    if (operation !== 'UpdateNodegroupConfig') return;
    calls += 1;
    if (calls > 1)
      throw Object.assign(new Error('a policy of the organization denies it'), { name: 'AccessDeniedException' });
  };
  world.eks.faults.beforeOperation.push(deny);
  await hours(world, 24 * 7);
  // At least every six hours, and far from every quarter of one.
  expect(calls).toBeGreaterThan(28);
  expect(calls).toBeLessThan(80);
  const warned = async () => {
    const { warnings } = await explainCluster(world.ports, await recordOf(world, 'web'));
    return warnings.flatMap(({ code, message }) => (code === 'NotTakenBack' ? message : []));
  };
  expect(await warned()).toEqual([
    expect.stringMatching(
      /^What 1\.36-1\.37 has left is not taken back yet \(update settings of workers\): .*: a policy of the organization denies it\. It is tried again at 2026-11-27T\S+\.$/,
    ),
  ]);
  const { notes } = await planUpgrade(world.ports, await recordOf(world, 'web'), '1.38');
  expect(notes.flatMap(({ code, message }) => (code === 'NotTakenBack' ? message : []))).toEqual(await warned());
  world.eks.faults.beforeOperation.splice(world.eks.faults.beforeOperation.indexOf(deny), 1);
  await hours(world, 7);
  const [cluster] = Object.values(world.eks.state.clusters);
  expect([cluster?.nodegroups[0]?.updateConfig, await warned()]).toEqual([own, []]);
});
