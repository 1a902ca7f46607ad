import { requestRollback } from '../../core/operations/request-rollback.ts';
import { at, onceBefore, spec, statusOf } from './changed-policy.ts';
import { answering, hook } from './hooked-fleet.ts';
import { hours, PERSON, recordOf, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

test('a wave does not open over a rollback that was asked for between the decision and its write, nor begin on what its hook said before that', async () => {
  const waves = [at('dev', { maxConcurrency: 2, failureBudget: { maxFailures: 1 } }), at('prod')];
  const world = await smallFleet({
    clusters: [...staged('dev', ['d', 'e']), ...staged('prod', ['p'])],
    policy: { ...spec(...waves), hooks: [hook('before', 'wave')] },
  });
  const asked = answering(world, 'go');
  const happened = onceBefore(world, ['"WaveOpen"', '"wave":"prod"'], async () =>
    requestRollback(world.ports, await recordOf(world, 'd'), PERSON, { approve: true }),
  );
  for (let looks = 0; looks < 30 && !happened(); looks += 1) await hours(world, 0.2);
  expect(happened()).toBe(true);
  const opened = await statusOf(world, 'prod');
  await hours(world, 3);
  // d is back, within the budget of dev, and prod has begun.
  expect([await statusOf(world, 'dev'), await statusOf(world, 'prod')]).toEqual(['CompletedWithFailures', 'Completed']);
  expect([opened, asked.filter(({ wave }) => wave === 'prod').length]).toEqual(['Pending', 2]);
});
