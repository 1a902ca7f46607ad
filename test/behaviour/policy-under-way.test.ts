import { breakGlassOfWave } from '../../core/operations/break-glass.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import type { World } from '../../simulator/process/world.ts';
import { apply, at, CARL, calendars, two as clusters, spec } from './changed-policy.ts';
import { hours, PERSON, rolloutIdOf, run, smallFleet, touched, wavesOf } from './small-fleet.ts';

const statuses = async (world: World) => (await wavesOf(world)).map(({ name, status }) => `${name} ${status}`);
const approval = { approvals: 2 };

test('a wave that was rejected and that the policy gives up upgrades nobody, whatever selects its clusters', async () => {
  const world = await smallFleet({ clusters, policy: spec(at('dev'), at('prod', { approval })) });
  await hours(world, 6);
  expect(await statuses(world)).toEqual(['dev Completed', 'prod Pending']);
  await voteOnWave(world.ports, await rolloutIdOf(world), 'prod', { decision: 'Rejected', by: PERSON });
  await apply(world, at('dev'));
  await run(world);
  expect(touched(world, 'p')).toBe(false);
  expect(await statuses(world)).toEqual(['dev Completed', 'prod Skipped']);
});

test('a wave that soaks does not end by another name: a person lets it pass', async () => {
  const world = await smallFleet({ clusters, policy: spec(at('dev', { soak: '12h' }), at('prod')) });
  await hours(world, 3);
  expect(await statuses(world)).toEqual(['dev Soaking', 'prod Pending']);
  await apply(world, { ...at('dev', { soak: '12h' }), name: 'development' }, at('prod'));
  await hours(world, 24);
  expect(touched(world, 'p')).toBe(false);
  expect((await statuses(world))[0]).toBe('dev Soaking');
  await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'the same wave by another name');
  await run(world);
  expect(touched(world, 'p')).toBe(true);
});

test('an approval of the plan before is refused until the policy that was just applied has one of its own', async () => {
  const asking = at('prod', { approval: { approvals: 1 } });
  const world = await smallFleet({ clusters, policy: spec(at('dev'), asking) });
  await hours(world, 6);
  await apply(world, at('dev'), { ...asking, failureBudget: { maxFailures: 1 } });
  const id = await rolloutIdOf(world);
  const approve = () => voteOnWave(world.ports, id, 'prod', { decision: 'Approved', by: 'sso:111111111111/carl' });
  await expect(approve()).rejects.toMatchObject({ name: 'PlanChanged' });
  await hours(world, 1);
  expect(await statuses(world)).toEqual(['dev Completed', 'prod Pending']);
  await approve();
  await run(world);
  expect(touched(world, 'p')).toBe(true);
});

test('nobody breaks the glass of a plan that is void within the minute: the order would go with it', async () => {
  const late = at('prod', { calendar: 'nights' });
  const world = await smallFleet({ clusters, calendars, policy: spec(at('dev', { soak: '3h' }), late) });
  await hours(world, 1);
  await apply(world, at('dev', { soak: '3h' }), { ...late, failureBudget: { maxFailures: 1 } });
  const id = await rolloutIdOf(world);
  const breakIt = () => breakGlassOfWave(world.ports, id, 'prod', { by: CARL, reason: 'x', milliseconds: 864e5 });
  await expect(breakIt()).rejects.toMatchObject({ name: 'PlanChanged' });
  await hours(world, 1);
  expect((await breakIt()).status).toBe('Opened');
  await hours(world, 8);
  expect(touched(world, 'p')).toBe(true);
});

test('nothing is promoted in a rollout that was aborted', async () => {
  const world = await smallFleet({ clusters, policy: spec(at('dev', { soak: '12h' }), at('prod')) });
  await hours(world, 3);
  const id = await rolloutIdOf(world);
  await abortRollout(world.ports, id, PERSON, 'not this month');
  await expect(promoteRollout(world.ports, id, PERSON, 'all is well')).rejects.toMatchObject({ name: 'WrongState' });
});
