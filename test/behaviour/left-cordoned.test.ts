import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { drain, drainedShop, drainsOf, stateOf } from './drained-shop.ts';
import { hours, PERSON, recordOf, run } from './small-fleet.ts';

test('what a drain leaves cordoned is named at its end, and by each view of the cluster until the group is gone', async () => {
  const world = await drainedShop();
  await drain(world);
  await run(world, 1);
  const names = stateOf(world).nodes.flatMap(({ name, unschedulable }) => (unschedulable ? [name] : []));
  const said = `Left cordoned: ${names.join(', ')}. Whoever owns them ends them, or takes them into use again (kubectl uncordon NODE).`;
  expect((await drainsOf(world))[0]?.reasons[0]?.message).toContain(said);
  const warnings = async () => {
    const record = await recordOf(world, 'web');
    const views = [await explainCluster(world.ports, record), await loadClusterDetail(world.ports, record)];
    return views.map((view) => view.warnings);
  };
  const told = [{ code: 'Drained', message: expect.stringContaining(said) }];
  expect(await warnings()).toMatchObject([told, told]);
  const caller = { account: '111111111111', region: 'eu-central-1', principal: PERSON };
  world.eks.operation('DeleteNodegroup', { clusterName: 'web', nodegroupName: 'legacy' }, caller, world.clock.now());
  // Discovery looks at node groups once a day; nobody hands on what CloudTrail tells here.
  await hours(world, 24);
  expect(await warnings()).toEqual([[], []]);
});
