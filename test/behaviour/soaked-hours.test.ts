import { at, spec, statusOf, waveNamed } from './changed-policy.ts';
import { hours, smallFleet, touched } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

test('a rule that asks for hours with green gates does not approve a wave over a gate that has been red since the soak', async () => {
  const approval = { approvals: 1, autoApproveWhen: 'earlier.all(wave, wave.soakedHours >= 24.0)' };
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    policy: spec(at('dev', { soak: '1h', gates: [{ alarm: 'errors' }] }), at('prod', { approval })),
  });
  await hours(world, 5);
  expect([await statusOf(world, 'dev'), await statusOf(world, 'prod')]).toEqual(['Completed', 'Pending']);
  world.gates.set('errors', 'red');
  await hours(world, 22);
  const approvals = (await waveNamed(world, 'prod'))?.approvals ?? [];
  expect([approvals.map(({ principal }) => principal), touched(world, 'p')]).toEqual([[], false]);
});
