import { requestRollback } from '../../core/operations/request-rollback.ts';
import { resumeRollout } from '../../core/operations/rollout-orders.ts';
import { at } from './changed-policy.ts';
import {
  hours,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  run,
  smallFleet,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

// docs/semantics.md, Waves: a wave of which nothing is left that succeeded lets nothing more begin, also where it had passed.

const prod = ['p1', 'p2', 'p3', 'p4'];

test('where the only canary is taken back no more of production begins, before a person accepts that', async () => {
  const canary = at('canary', { failureBudget: { maxFailures: 1 } });
  const world = await smallFleet({
    clusters: [...staged('canary', ['c']), ...staged('prod', prod)],
    policy: { waves: [canary, at('prod', { maxConcurrency: 1 })] },
  });
  const moved = () => prod.filter((name) => versionOf(world, name) === '1.37').length;
  const waves = async () =>
    (await wavesOf(world)).map(({ name, status, reasons }) => `${name} ${status} ${reasons[0]?.code ?? ''}`);
  await hours(world, 1);
  expect([await waves(), moved()]).toEqual([['canary Completed Settled', 'prod Open '], 1]);
  await requestRollback(world.ports, await recordOf(world, 'c'), PERSON, { approve: true });
  await run(world);
  expect([await waves(), (await rolloutsOf(world))[0]?.status, versionOf(world, 'c')]).toEqual([
    ['canary Halted NoneSucceeded', 'prod Open '],
    'Halted',
    '1.36',
  ]);
  // What had begun by then came to its end.
  expect(moved()).toBeLessThan(prod.length);
  await expect(
    resumeRollout(world.ports, await rolloutIdOf(world), PERSON, undefined, { acceptFailures: false }),
  ).rejects.toThrow('none succeeded');
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, undefined, { acceptFailures: true });
  await run(world);
  expect([await waves(), moved()]).toEqual([
    ['canary CompletedWithFailures Settled', 'prod Completed Settled'],
    prod.length,
  ]);
});
