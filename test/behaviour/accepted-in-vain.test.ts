import { requestUpgrade } from '../../core/operations/requests.ts';
import { resumeRollout } from '../../core/operations/rollout-orders.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { at, spec, statusOf, waveNamed } from './changed-policy.ts';
import { hours, PERSON, recordOf, rolloutIdOf, rolloutsOf, smallFleet, touched } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

test('failures that a person accepts in a wave which halted before it opened stay accepted', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('staging', ['s']), ...staged('prod', ['p'])],
    policy: spec(at('dev', { soak: '6h' }), at('staging'), at('prod')),
    prepare: failing('s'),
  });
  await hours(world, 2);
  await requestUpgrade(world.ports, await recordOf(world, 's'), '1.37', PERSON, { approve: true });
  await hours(world, 8);
  expect([await statusOf(world, 'staging'), (await rolloutsOf(world))[0]?.status]).toEqual(['Halted', 'Halted']);
  const word = async () => (await explainCluster(world.ports, await recordOf(world, 'p'))).when.condition;
  expect(await word()).toMatch(/liftlock rollout resume \S+ --accept-failures/);
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'seen', { acceptFailures: true });
  expect((await waveNamed(world, 'staging'))?.acceptedFailures).toBe(1);
  await hours(world, 3);
  expect([await statusOf(world, 'staging'), (await rolloutsOf(world))[0]?.status, touched(world, 'p')]).toEqual([
    ...['CompletedWithFailures', 'CompletedWithFailures', true],
  ]);
});
