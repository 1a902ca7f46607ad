import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { discover, hours, recordOf, rolloutIdOf, smallFleet, wavesOf } from './small-fleet.ts';

test('a rollout that waits for somebody to promote it says so to whom it keeps out, and where rollouts are listed', async () => {
  const world = await smallFleet({
    // Nothing runs in it, so that its scan blocks it.
    clusters: [{ name: 'empty', version: '1.36' }],
    policy: { waves: [{ name: 'all', failureBudget: { maxFailures: 1 } }] },
  });
  await hours(world, 2);
  expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['Undecided']);
  addCluster(world.eks.state, { name: 'late', version: '1.36', nodegroups: [{ name: 'workers' }] });
  await discover(world);
  await hours(world, 2);
  const id = await rolloutIdOf(world);
  const { when } = await explainCluster(world.ports, await recordOf(world, 'late'));
  expect(when.condition).toBe(
    `An approver looks at the wave all and runs: liftlock rollout promote ${id} --reason WHY; then another one takes it.`,
  );
  expect(await loadRolloutDetail(world.table, id, world.clock.now())).toMatchObject({ waitsForPromotion: 'all' });
});
