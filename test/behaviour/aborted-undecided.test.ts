import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { listRollouts } from '../../core/queries/rollout-views.ts';
import { at, hold, spec, statusOf } from './changed-policy.ts';
import { discover, hours, PERSON, rolloutIdOf, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

// docs/protocol.md, Wave: "Undecided --> Skipped: the rollout was aborted"; docs/api.md: waitsForPromotion names a wave that an approver may let pass.
async function undecidedAndAborted() {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    policy: spec(at('dev'), at('prod')),
  });
  await discover(world);
  await hold(world, 'd');
  await hours(world, 2);
  expect(await statusOf(world, 'dev')).toBe('Undecided');
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'no');
  return world;
}

test('a wave that was Undecided when its rollout was aborted is Skipped by the next full looks', async () => {
  const world = await undecidedAndAborted();
  await hours(world, 26);
  expect([await statusOf(world, 'dev'), await statusOf(world, 'prod')]).toEqual(['Skipped', 'Skipped']);
});

test('a rollout that was aborted is not listed as waiting for a promotion, which is refused', async () => {
  const world = await undecidedAndAborted();
  await hours(world, 26);
  const [listed] = (await listRollouts(world.table, world.clock.now())).items;
  const refused = await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'why').catch(
    ({ message }: Error) => message,
  );
  expect(refused).toMatch(/is Aborted/);
  expect(listed?.waitsForPromotion).toBe(null);
});
