import { cancelDrain } from '../../core/operations/request-drain.ts';
import { openUndoEntries } from '../../core/protocol/undo.ts';
import { cordoned, drain, drainedShop, drainsOf, loosen, podsOnLegacy, setAccess, strict } from './drained-shop.ts';
import { minutes, recordOf, run, upgradesOf } from './small-fleet.ts';

test('a drain that follows one whose cordons could not be taken back yet leaves its nodes cordoned', async () => {
  const world = await drainedShop([strict]);
  await drain(world);
  await minutes(world, 3);
  setAccess(world, 'access-entries');
  await minutes(world, 3);
  await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'no access');
  await minutes(world, 3);
  expect((await upgradesOf(world)).find(({ machine }) => machine === 'restore-nodes')?.status).toBe('Parked');
  setAccess(world, 'any-principal');
  await loosen(world, 4);
  // Asked for again before the undo looks again.
  expect((await drain(world)).status).toBe('Started');
  await run(world, 1);
  expect((await drainsOf(world)).map(({ status }) => status).sort()).toEqual(['Canceled', 'Succeeded']);
  expect([podsOnLegacy(world), cordoned(world)]).toEqual([0, ['legacy', 'legacy', 'legacy']]);
  expect(await openUndoEntries(world.table, (await recordOf(world, 'web')).clusterKey)).toEqual([]);
});
