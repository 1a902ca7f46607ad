import { CORDON_MARK } from '../../core/model/cordoner.ts';
import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { cancelDrain, requestDrain } from '../../core/operations/request-drain.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec } from './changed-policy.ts';
import { cordoned, drain, drainedShop, drainsOf, setCordon, stateOf, strict } from './drained-shop.ts';
import { controlsOf, minutes, PERSON, recordOf, run } from './small-fleet.ts';

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

test('a drain whose node somebody cordons before its own cordon arrives has changed nothing, and holds nothing', async () => {
  const cordonAll = async (world: World) => {
    for (const { name } of stateOf(world).nodes) await setCordon(world, name, true);
    await stopFleet(world.ports, PERSON, 'look');
  };
  const effect = { kind: 'act', act: cordonAll } as const;
  const armed = new Faults([{ when: 'after', operation: 'commit', function: 'drain-nodes', effect }]);
  const world = await drainedShop([strict], { armed });
  await drain(world);
  await minutes(world, 3);
  expect(armed.hits).toHaveLength(1);
  await applySpec(world, { selector: {}, target: 'latest', waves: [{ name: 'all' }] });
  await resumeFleet(world.ports, PERSON);
  await run(world, 1);
  const [ended] = await drainsOf(world);
  expect([ended?.status, ended?.reasons[0]?.code]).toEqual(['Blocked', 'DrainNotAllowed']);
  expect((await controlsOf(world)).filter(({ held }) => held !== undefined)).toEqual([]);
  expect(cordoned(world)).toHaveLength(6);
});
