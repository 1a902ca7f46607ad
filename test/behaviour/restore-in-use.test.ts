import { recoverAfterRestore } from '../../core/operations/restore.ts';
import { abortRollout, pauseRollout } from '../../core/operations/rollout-orders.ts';
import { ANA, at, CARL, spec } from './changed-policy.ts';
import { hours, PERSON, rolloutsOf, smallFleet } from './small-fleet.ts';

test('an abort that is ordered while the audit is folded once more stands', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'p', version: '1.36', tags: { stage: 'prod' }, nodegroups: [{ name: 'workers' }] }],
    policy: spec(at('prod', { approval: { approvals: 1 } })),
  });
  await hours(world, 0.3);
  const id = (await rolloutsOf(world))[0]?.id ?? '';
  world.switchedOff = true;
  const mutatorsOffSince = world.clock.now();
  await hours(world, 2 / 60);
  const restoredTo = world.clock.now();
  await recoverAfterRestore(world, { restoredTo, mutatorsOffSince, by: PERSON });
  const used = world.table.snapshot();
  await hours(world, 0.01);
  // It goes into the old table, and on record.
  await pauseRollout(world.ports, id, CARL, 'wait');
  world.table.resetTo(used);
  await hours(world, 0.01);
  const restore = world.table.restore.bind(world.table);
  let ordered = false;
  world.table.restore = async (item) => {
    if (!ordered) {
      ordered = true;
      await abortRollout(world.ports, id, ANA, 'never');
    }
    return restore(item);
  };
  await recoverAfterRestore(world, { restoredTo, mutatorsOffSince, by: PERSON });
  world.switchedOff = false;
  await hours(world, 1.5);
  expect(ordered).toBe(true);
  expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['Aborted']);
});
