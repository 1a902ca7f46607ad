import { cordoned, drain, drainedShop, drainsOf, podsOnLegacy, stateOf } from './drained-shop.ts';
import { run } from './small-fleet.ts';

test('a group that was drained, and taken into use again by kubectl uncordon, can be drained again', async () => {
  const world = await drainedShop();
  await drain(world);
  await run(world, 1);
  // The mark of the first drain stays behind: kubectl knows nothing of it.
  for (const node of stateOf(world).nodes) node.unschedulable = false;
  await drain(world);
  await run(world, 1);
  expect((await drainsOf(world)).map(({ status, reasons }) => [status, reasons[0]?.code])).toEqual([
    ['Succeeded', 'Drained'],
    ['Succeeded', 'Drained'],
  ]);
  expect([podsOnLegacy(world), cordoned(world)]).toEqual([0, ['legacy', 'legacy', 'legacy']]);
});
