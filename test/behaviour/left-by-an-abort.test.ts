import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { at, clusterOf, spec } from './changed-policy.ts';
import { hours, memberOf, PERSON, recordOf, rolloutIdOf, rolloutsOf, smallFleet, versionOf } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

describe('what an abort has left half done keeps no rollout that begins by itself', () => {
  test('from upgrading everybody else, where it finishes what is behind', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
      policy: { ...spec(at('dev', { bake: '12h' }), at('prod')), finish: 'always' },
    });
    await hours(world, 3);
    await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'not now');
    await hours(world, 3);
    expect(await rolloutsOf(world)).toMatchObject([{ status: 'Aborted' }]);
    for (const late of staged('dev', ['late'])) addCluster(world.eks.state, late);
    await hours(world, 60);
    expect([versionOf(world, 'late'), (await memberOf(world, 'd')).status]).toEqual(['1.37', 'Parked']);
    // What a person finishes is whole, and the next rollout has nothing left to do.
    await requestUpgrade(world.ports, await recordOf(world, 'd'), '1.37', PERSON, { approve: true });
    await hours(world, 24);
    expect(clusterOf(world, 'd')?.nodegroups.map(({ version }) => version)).toEqual(['1.37']);
  });

  test('from bringing newer images to everybody else', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d', 'e']), ...staged('prod', ['p'], '1.37')],
      policy: { ...spec(at('dev', { watch: '20h', maxConcurrency: 1 }), at('prod')), patch: { nodes: {} } },
    });
    await hours(world, 3);
    await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'not now');
    await hours(world, 30);
    world.eks.state.imageDays = { '1.36': '2026-11-21', '1.37': '2026-11-21' };
    await hours(world, 60);
    expect(clusterOf(world, 'p')?.nodegroups.map(({ releaseVersion }) => releaseVersion)).toEqual(['1.37.1-20261121']);
  });
});
