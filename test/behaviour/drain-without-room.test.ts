import { drain, drainedShop, drainsOf, stateOf, strict } from './drained-shop.ts';
import { minutes } from './small-fleet.ts';

test('a drain waits without the grant as well where somebody has taken a node out of its hands', async () => {
  const world = await drainedShop([strict]);
  await drain(world);
  await minutes(world, 3);
  const [ours] = stateOf(world).nodes.filter(({ unschedulable }) => unschedulable);
  const [other] = stateOf(world).nodes.filter(({ nodegroupName }) => nodegroupName === 'new');
  if (ours === undefined || other === undefined) throw new Error('no node');
  ours.unschedulable = false;
  other.unschedulable = true;
  await minutes(world, 5);
  const [waiting] = await drainsOf(world);
  expect([waiting?.status, waiting?.reasons.map(({ code }) => code)]).toEqual([
    'Parked',
    ['DrainNoRoom', 'DrainUncordoned'],
  ]);
  // An alarm counts it once it has waited so for a day.
  expect(waiting?.parkedFor?.code).toBe('DrainNoRoom');
});
