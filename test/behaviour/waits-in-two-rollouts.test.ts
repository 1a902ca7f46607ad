import { pauseRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import type { World } from '../../simulator/process/world.ts';
import { calendars, keyOf, retag } from './changed-policy.ts';
import { hours, membersOf, mutationsOf, PERSON, recordOf, rolloutsOf, smallFleet, touched } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const of = (stage: string, wave: object) => ({
  ...{ selector: { matchLabels: { stage } }, target: 'latest', trigger: 'automatic' },
  waves: [wave],
});

/** q waits for a place in the first rollout, and was relabelled since, so that a rollout of the other policy has it too, at night alone. */
async function inTwo(): Promise<World> {
  const first = { name: 'old', bake: '6h', maxConcurrency: 1 };
  const world = await smallFleet({
    clusters: staged('prod', ['p', 'q']),
    calendars,
    policies: [of('prod', first), of('dev', { name: 'dev', calendar: 'nights' })],
  });
  await hours(world, 2);
  await retag(world, 'q', { stage: 'dev' });
  await hours(world, 0.5);
  expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['Running', 'Running']);
  return world;
}

const told = async (world: World) => {
  const { when, reasons, rollout } = await explainCluster(world.ports, await recordOf(world, 'q'));
  const other = reasons.find(({ code }) => code === 'InRollout')?.message;
  return { ...when, codes: reasons.map(({ code }) => code), in: rollout?.id, other };
};
const idOf = async (world: World, name: string) =>
  (await rolloutsOf(world)).find(({ policy }) => policy === name)?.id ?? '';
const firstChange = (world: World) => mutationsOf(world).find(({ clusterArn }) => clusterArn.endsWith('/q'))?.at;

test('of two rollouts that a cluster waits in explain tells what the one waits for that lets it begin first, and names the other', async () => {
  const world = await inTwo();
  const [first, second] = [await idOf(world, 'policy-0'), await idOf(world, 'policy-1')];
  const { other, ...said } = await told(world);
  expect(said).toEqual({
    at: null,
    condition: 'Once its wave has a place for it.',
    codes: ['WaveFull', 'InRollout'],
    in: first,
  });
  expect(other).toContain(`It waits in the rollout ${second} of policy-1 as well`);
  expect(other).toContain('window n opens 2026-11-21T02:00');
  await hours(world, 8);
  expect(firstChange(world)).toBeLessThan(Date.parse('2026-11-21T02:00:00Z'));
});

test('where the one is paused the other one lets it begin, and explain says when', async () => {
  const world = await inTwo();
  await pauseRollout(world.ports, await idOf(world, 'policy-1'), PERSON, 'release day');
  expect(await told(world)).toMatchObject({ at: null, condition: 'Once its wave has a place for it.' });
  await pauseRollout(world.ports, await idOf(world, 'policy-0'), PERSON, 'release day');
  expect((await told(world)).codes).toContain('RolloutPaused');
  await hours(world, 30);
  expect(touched(world, 'q')).toBe(false);
});

test('where the first one is paused it goes at the opening of the other', async () => {
  const world = await inTwo();
  await pauseRollout(world.ports, await idOf(world, 'policy-0'), PERSON, 'release day');
  const { other, ...said } = await told(world);
  const at = '2026-11-21T02:00:00.000Z';
  expect(said).toMatchObject({ at, condition: 'Once its calendars are open.', in: await idOf(world, 'policy-1') });
  expect(other).toContain('was paused by');
  await hours(world, 20);
  expect((firstChange(world) ?? 0) - Date.parse(at)).toBeLessThan(15 * 60_000);
});

test('a skip takes a cluster out of every rollout that it waits in, and says of which', async () => {
  const world = await inTwo();
  const { told: out } = await skipCluster(world.ports, await keyOf(world, 'q'), PERSON, 'release day');
  const ids = [await idOf(world, 'policy-0'), await idOf(world, 'policy-1')];
  expect(out?.map(({ message }) => ids.filter((id) => message.includes(id)))).toEqual([ids]);
  const own = (await membersOf(world)).filter(({ name }) => name === 'q');
  expect(own.map(({ status }) => status)).toEqual(['Excluded', 'Excluded']);
  const record = await Promise.all(ids.map((id) => world.table.auditOf(`rollout/${id}`)));
  expect(record.map((items) => items.filter(({ event }) => event === 'MemberSkipped').length)).toEqual([1, 1]);
  await hours(world, 40);
  expect([touched(world, 'q'), await checkInvariants(world)]).toEqual([false, []]);
});
