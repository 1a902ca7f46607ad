import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { at, spec } from './changed-policy.ts';
import { hours, PERSON, recordOf, rolloutIdOf, smallFleet } from './small-fleet.ts';

const left = { name: 'left', version: '1.36', nodegroups: [{ name: 'workers', version: '1.33' }] };
const create = (world: World) => startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, finish: true });
const saidOf = async (world: World) =>
  (await explainCluster(world.ports, await recordOf(world, 'left'))).when.condition;
const THEN =
  'and then somebody runs: liftlock rollout create policy-0 --finish (whom it takes says --dry-run); once its nodes have followed, somebody removes the cause and runs: liftlock retry cluster left';

test('a rollout that is paused before its last wave is decided ends once somebody resumes it and an approver promotes the wave', async () => {
  const world = await smallFleet({ clusters: [left], policy: { finish: 'propose' } });
  await hours(world, 5);
  const id = await rolloutIdOf(world);
  await pauseRollout(world.ports, id, PERSON, 'not now');
  const promote = `an approver looks at the wave all and runs: liftlock rollout promote ${id} --reason WHY`;
  expect(await saidOf(world)).toBe(`Somebody runs: liftlock rollout resume ${id}, and ${promote}, ${THEN}`);
  await promoteRollout(world.ports, id, PERSON, 'only left is in it');
  await hours(world, 1);
  await expect(create(world)).rejects.toThrow(`The rollout ${id} of the policy policy-0 is under way`);
  await resumeRollout(world.ports, id, PERSON);
  await hours(world, 1);
  expect(await create(world)).toMatchObject({ target: '1.36' });
});

test('a rollout whose first wave is undecided does not end by itself', async () => {
  const clusters = [
    { ...left, tags: { stage: 'dev' } },
    { ...left, name: 'p', nodegroups: [{ name: 'workers' }], tags: { stage: 'prod' } },
  ];
  const world = await smallFleet({ clusters, policies: [{ ...spec(at('dev'), at('prod')), finish: 'propose' }] });
  await hours(world, 5);
  const id = await rolloutIdOf(world);
  const promote = `An approver looks at the wave dev and runs: liftlock rollout promote ${id} --reason WHY`;
  expect(await saidOf(world)).toBe(`${promote}, and the rollout ${id} ends, ${THEN}`);
});
