import { CORDON_MARK } from '../../core/model/cordoner.ts';
import { cancelDrain, requestDrain } from '../../core/operations/request-drain.ts';
import type { World } from '../../simulator/process/world.ts';
import { cordoned, drain, drainedShop, drainsOf, setCordon, stateOf, strict } from './drained-shop.ts';
import { minutes, PERSON, recordOf, run } from './small-fleet.ts';

/** A drain that a budget holds; its first node is taken into use again and then cordoned by a person, who leaves the mark, as kubectl does. */
async function takenOver(): Promise<{ world: World; name: string }> {
  const world = await drainedShop([strict]);
  await drain(world);
  await minutes(world, 3);
  const [ours] = stateOf(world).nodes.filter(({ unschedulable }) => unschedulable);
  const name = ours?.name ?? '';
  await setCordon(world, name, false);
  await minutes(world, 3);
  expect(
    (await drainsOf(world))[0]?.reasons.concat(reasonsOf(await drainsOf(world))).map(({ code }) => code),
  ).toContain('DrainUncordoned');
  await setCordon(world, name, true);
  expect(nodeOf(world, name)?.annotations?.[CORDON_MARK]).toMatch(/^drain-/);
  return { world, name };
}
const reasonsOf = ([one]: Awaited<ReturnType<typeof drainsOf>>) =>
  Object.values(one?.steps ?? {}).flatMap(({ reasons }) => reasons);
const nodeOf = (world: World, wanted: string) => stateOf(world).nodes.find(({ name }) => name === wanted);
const left = (world: World) =>
  stateOf(world).nodes.flatMap(({ name, unschedulable, annotations }) =>
    unschedulable || annotations?.[CORDON_MARK] !== undefined ? [{ name, mark: annotations?.[CORDON_MARK] }] : [],
  );

test('a cordon that a person puts on while a drain runs stays theirs, whoever cancels the drain', async () => {
  const { world, name } = await takenOver();
  await minutes(world, 2);
  await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'wrong group');
  await run(world, 1);
  expect((await drainsOf(world))[0]?.status).toBe('Canceled');
  expect(left(world)).toEqual([{ name, mark: undefined }]);
});

test('and where the drain fails', async () => {
  const { world, name } = await takenOver();
  await run(world, 1);
  expect((await drainsOf(world))[0]?.status).toBe('Failed');
  expect(left(world)).toEqual([{ name, mark: undefined }]);
});

test('a node that a person cordons after a drain had emptied it counts as down again', async () => {
  const world = await drainedShop();
  await drain(world);
  await run(world, 1);
  const emptied = stateOf(world).nodes.filter(({ unschedulable }) => unschedulable);
  for (const { name } of emptied) await setCordon(world, name, false);
  const [byHand] = emptied;
  await setCordon(world, byHand?.name ?? '', true);
  await requestDrain(world.ports, await recordOf(world, 'web'), 'new', PERSON, { approve: true });
  await minutes(world, 5);
  const [waiting] = (await drainsOf(world)).filter(({ status }) => status !== 'Succeeded');
  expect(cordoned(world)).toEqual(['legacy']);
  expect(waiting?.reasons).toMatchObject([
    { code: 'DrainNoRoom', message: expect.stringContaining(`${byHand?.name} (cordoned by somebody else)`) },
  ]);
});
