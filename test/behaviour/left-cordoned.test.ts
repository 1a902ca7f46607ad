import { breakGlassOfCluster } from '../../core/operations/break-glass.ts';
import { cancelDrain } from '../../core/operations/request-drain.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { cordoned, drain, drainedShop, drainsOf, stateOf } from './drained-shop.ts';
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
  const since = 'Liftlock does not look whether somebody has done so since.';
  const told = [{ code: 'Drained', message: expect.stringContaining(`${said} ${since}`) }];
  expect(await warnings()).toMatchObject([told, told]);
  const caller = { account: '111111111111', region: 'eu-central-1', principal: PERSON };
  world.eks.operation('DeleteNodegroup', { clusterName: 'web', nodegroupName: 'legacy' }, caller, world.clock.now());
  // Discovery looks at node groups once a day; nobody hands on what CloudTrail tells here.
  await hours(world, 24);
  expect(await warnings()).toEqual([[], []]);
});

test('a drain that parks names the nodes that it holds cordoned, what takes that back, and that its calendars never open', async () => {
  const window = (name: string, schedule: string) => ({ windows: [{ name, schedule, duration: '3h' }] });
  const world = await drainedShop([], {
    tags: { 'liftlock/calendar': 'evenings' },
    policy: { drain: { pause: '10m' }, waves: [{ name: 'all', calendar: 'mornings' }] },
    calendars: { mornings: window('mornings', '0 9 * * *'), evenings: window('evenings', '0 18 * * *') },
  });
  const record = () => recordOf(world, 'web');
  const order = { by: PERSON, reason: 'incident', milliseconds: 900_000 };
  await breakGlassOfCluster(world.ports, await record(), order);
  await drain(world);
  await hours(world, 1);
  expect((await drainsOf(world)).map(({ status, mutated }) => [status, mutated])).toEqual([['Parked', true]]);
  const names = stateOf(world).nodes.flatMap(({ name, unschedulable }) => (unschedulable ? [name] : []));
  const warnings = [
    {
      code: 'DrainParked',
      message: `The drain of legacy waits, and holds cordoned: ${names.join(', ')}. To end it and have them uncordoned: liftlock drain nodegroup legacy --cluster web --cancel`,
    },
  ];
  const said = await explainCluster(world.ports, await record());
  expect([said.warnings, (await loadClusterDetail(world.ports, await record())).warnings]).toEqual([
    warnings,
    warnings,
  ]);
  expect(said.reasons.find(({ code }) => code === 'NeverStarts')?.message).toBe(
    'As things are it never goes on: mornings and evenings are never open at the same time within three years, as far ahead as Liftlock plans. Change the calendars; or liftlock break-glass cluster web --reason WHY passes them.',
  );
  await cancelDrain(world.ports, await record(), 'legacy', PERSON, 'enough');
  await hours(world, 1);
  expect([cordoned(world), (await explainCluster(world.ports, await record())).warnings]).toEqual([[], []]);
});
