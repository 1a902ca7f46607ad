import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { at, hold, onceBefore, spec, statusOf } from './changed-policy.ts';
import { discover, hours, PERSON, recordOf, rolloutIdOf, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

test('a promotion does not hold over a rollback in an earlier wave that was asked for between its decision and its write', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d', 'e']), ...staged('staging', ['s']), ...staged('prod', ['p'])],
    policy: spec(at('dev', { maxConcurrency: 2, failureBudget: { maxFailures: 1 } }), at('staging'), at('prod')),
  });
  await discover(world);
  await hold(world, 's');
  await hours(world, 3);
  expect([await statusOf(world, 'dev'), await statusOf(world, 'staging')]).toEqual(['Completed', 'Undecided']);
  const happened = onceBefore(world, ['"WavePassed"'], async () =>
    requestRollback(world.ports, await recordOf(world, 'd'), PERSON, { approve: true }),
  );
  const promoted = await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'fine').catch(
    ({ message }: Error) => message,
  );
  expect(happened()).toBe(true);
  expect([promoted, await statusOf(world, 'staging')]).toEqual([
    expect.stringMatching(/rollback of d has ended/),
    'Undecided',
  ]);
});
