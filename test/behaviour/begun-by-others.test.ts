import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { at, spec } from './changed-policy.ts';
import { hours, PERSON, recordOf, rolloutIdOf, rolloutsOf, smallFleet, touched, versionOf } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

test('a new rollout says of a cluster that an abort has left half-way why it does not begin, and later waves what they wait for', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d'], '1.35'), ...staged('prod', ['p'])],
    policy: { ...spec(at('dev'), at('prod')), trigger: 'manual' },
  });
  await hours(world, 1);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  for (let looks = 0; versionOf(world, 'd') === '1.35' && looks < 120; looks += 1) await hours(world, 1 / 60);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'not today');
  await hours(world, 1);
  const planned = await startRollout(world.ports, 'policy-0', PERSON, { dryRun: true });
  const begun = await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await hours(world, 12);
  expect(touched(world, 'p')).toBe(false);
  const running = (await rolloutsOf(world)).find(({ status }) => status === 'Running')?.id ?? '';
  const detail = await loadRolloutDetail(world.table, running, world.clock.now());
  const said = /^The upgrade from 1\.35 to 1\.36, .* the cluster is half done\. .*liftlock explain cluster d\.$/;
  for (const { members } of [planned, begun, detail])
    expect(members.find(({ name }) => name === 'd')?.reasons).toEqual([
      { code: 'UpgradeUnderWay', message: expect.stringMatching(said) },
    ]);
  expect(detail.reasons).toEqual([
    {
      code: 'UpgradeUnderWay',
      message: expect.stringMatching(
        /^In the wave dev, d does not begin: .* Before that prod after it does not begin\.$/,
      ),
    },
  ]);
  const later = await explainCluster(world.ports, await recordOf(world, 'p'));
  expect(later.reasons.map(({ code }) => code)).toEqual(['EarlierWave', 'UpgradeUnderWay']);
  const own = await explainCluster(world.ports, await recordOf(world, 'd'));
  expect(own.reasons.filter(({ code }) => code === 'UpgradeUnderWay').length).toBeLessThan(2);
});
