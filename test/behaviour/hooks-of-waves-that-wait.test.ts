import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import type { World } from '../../simulator/process/world.ts';
import { ANA, CARL } from './changed-policy.ts';
import { hook, URL } from './hooked-fleet.ts';
import { hours, minutes, rolloutIdOf, rolloutsOf, smallFleet, wavesOf } from './small-fleet.ts';

const cluster = (name: string) => ({ name, version: '1.36', nodegroups: [{ name: 'workers' }], tags: { stage: name } });
const shown = async (world: World) => (await wavesOf(world)).map(({ name, status }) => `${name} ${status}`);
const statusOf = async (world: World) => (await rolloutsOf(world))[0]?.status;
const vote = async (world: World, by: string, decision: 'Approved' | 'Rejected') =>
  voteOnWave(world.ports, await rolloutIdOf(world), 'prod', { decision, by });

/** Before prod, which one person has approved: `a` has said go, `b` says wait; then somebody rejects the wave. */
async function rejectedWhileAsked(timeout: string) {
  const world = await smallFleet({
    clusters: [cluster('dev'), cluster('prod')],
    policy: {
      waves: [
        { name: 'dev', selector: { matchLabels: { stage: 'dev' } } },
        { name: 'prod', selector: { matchLabels: { stage: 'prod' } }, approval: { approvals: 1 } },
      ],
      hooks: [hook('before', 'wave', { name: 'a' }), hook('before', 'wave', { name: 'b', timeout })],
    },
  });
  const asked: string[] = [];
  const say = (answer: (name: string, wave: string) => string) =>
    world.hooks.set(URL, ({ hook: name, wave = '' }) => {
      asked.push(`${name} ${wave}`);
      return JSON.stringify({ schema: 'liftlock.hook/v1', answer: answer(name, wave) });
    });
  say((name, wave) => (name === 'a' || wave === 'dev' ? 'go' : 'wait'));
  await hours(world, 3);
  expect(await shown(world)).toEqual(['dev Completed', 'prod Pending']);
  await vote(world, ANA, 'Approved');
  await minutes(world, 4);
  expect(asked.filter((one) => one.endsWith('prod')).slice(0, 2)).toEqual(['a prod', 'b prod']);
  await vote(world, CARL, 'Rejected');
  await minutes(world, 1);
  asked.length = 0;
  await minutes(world, 25);
  // Nobody is asked about a wave that may not open anyway.
  expect([asked, await statusOf(world)]).toEqual([[], 'Running']);
  return { world, asked, say };
}

test('a hook that nobody has asked while its wave was rejected does not halt the rollout for its timeout', async () => {
  const { world } = await rejectedWhileAsked('20m');
  await vote(world, CARL, 'Approved');
  await minutes(world, 3);
  expect([await statusOf(world), (await rolloutsOf(world))[0]?.reasons.map(({ code }) => code)]).toEqual([
    'Running',
    [],
  ]);
});

test('what a hook had said before its wave was rejected opens nothing afterwards: it is asked anew', async () => {
  const { world, asked, say } = await rejectedWhileAsked('1h');
  say((name) => (name === 'a' ? 'stop' : 'go'));
  await vote(world, CARL, 'Approved');
  await minutes(world, 20);
  expect([asked.includes('a prod'), await shown(world)]).toEqual([true, ['dev Completed', 'prod Pending']]);
});
