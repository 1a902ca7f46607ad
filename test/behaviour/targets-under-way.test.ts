import { applyConfig } from '../../core/operations/apply-documents.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { apply, applySpec, at, fleetOf, lookAround, spec, statusOf } from './changed-policy.ts';
import { hours, memberOf, mutationsOf, PERSON, recordOf, rolloutIdOf, smallFleet, versionOf } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

/** Regions offer versions up to what `newest` says. */
function offers(world: World, newest: Record<string, string>): void {
  const eks = world.ports.eks as unknown as {
    describeClusterVersions(scope: { region: string }): Promise<{ clusterVersion: string }[]>;
  };
  const all = eks.describeClusterVersions.bind(eks);
  eks.describeClusterVersions = async (scope) =>
    (await all(scope)).filter(({ clusterVersion }) => clusterVersion <= (newest[scope.region] ?? '9'));
}

describe('once a wave has begun', () => {
  test('a newer version that one Region begins to offer changes no target there, though the rollout goes to it in another Region', async () => {
    const node = { nodegroups: [{ name: 'workers' }] };
    const world = await smallFleet({
      clusters: [
        { name: 'd', version: '1.35', tags: { stage: 'dev' }, ...node },
        { name: 'q', version: '1.35', tags: { stage: 'prod' }, ...node },
        { name: 'p', version: '1.36', region: 'us-east-1', tags: { stage: 'prod' }, ...node },
      ],
      policies: [],
    });
    const newest: Record<string, string> = { 'eu-central-1': '1.36' };
    offers(world, newest);
    await applyConfig(world.ports, [fleetOf({ regions: ['eu-central-1', 'us-east-1'] })], PERSON);
    await lookAround(world);
    await apply(world, at('dev', { soak: '48h' }), at('prod'));
    await hours(world, 12);
    expect(versionOf(world, 'd')).toBe('1.36');
    expect([(await memberOf(world, 'q')).to, (await memberOf(world, 'p')).to]).toEqual(['1.36', '1.37']);
    expect(await statusOf(world, 'dev')).toBe('Soaking');
    newest['eu-central-1'] = '1.37';
    await hours(world, 6);
    const to = (await memberOf(world, 'q')).to;
    await hours(world, 60);
    const moves = mutationsOf(world)
      .filter(({ operation }) => operation === 'UpdateClusterVersion')
      .map(({ clusterArn, request }) => `${clusterArn.split('/').at(-1)} ${request.version}`);
    // It has proved the older version, not the newer one; the next rollout takes that up (docs/rollouts.md): d goes first.
    expect([to, moves.includes('q 1.37') && !moves.includes('d 1.37')]).toEqual(['1.36', false]);
  });

  test('nor does a pin that is taken off', async () => {
    const node = { nodegroups: [{ name: 'workers' }] };
    const pin = { 'liftlock/pin-version': '1.36' };
    const world = await smallFleet({
      clusters: [
        { name: 'd', version: '1.35', tags: { stage: 'dev', ...pin }, ...node },
        { name: 'q', version: '1.35', tags: { stage: 'prod', ...pin }, ...node },
        { name: 'p', version: '1.36', tags: { stage: 'prod' }, ...node },
      ],
      policy: spec(at('dev', { soak: '48h' }), at('prod')),
    });
    await hours(world, 12);
    expect(await statusOf(world, 'dev')).toBe('Soaking');
    expect([(await memberOf(world, 'q')).to, (await memberOf(world, 'p')).to]).toEqual(['1.36', '1.37']);
    for (const cluster of Object.values(world.eks.state.clusters))
      if (cluster.name === 'q') delete cluster.tags['liftlock/pin-version'];
    await lookAround(world);
    await hours(world, 2);
    expect(await statusOf(world, 'dev')).toBe('Soaking');
    expect((await memberOf(world, 'q')).to).toBe('1.36');
  });

  test.each([
    ['automatic', 'That rollout ends; then another one takes it.'],
    ['manual', 'That rollout ends; then somebody runs: liftlock rollout create policy-0.'],
  ])(
    'whom it has taken to the older target is told that the next rollout takes it on (trigger %s)',
    async (trigger, condition) => {
      const waves = spec(at('dev', { soak: '48h' }), at('prod'));
      const world = await smallFleet({
        clusters: [...staged('dev', ['d'], '1.35'), ...staged('prod', ['p'], '1.35')],
        policy: { ...waves, target: '1.36' },
      });
      await hours(world, 4);
      await applySpec(world, { ...waves, target: '1.37', trigger });
      await hours(world, 2);
      const { state, when, reasons } = await explainCluster(world.ports, await recordOf(world, 'd'));
      expect([state, when]).toEqual(['Behind', { at: null, condition }]);
      expect(reasons.map(({ message }) => message)).toEqual([
        `The rollout ${await rolloutIdOf(world)} of its policy is Running and is done with it, which it took to 1.36.`,
      ]);
      await hours(world, 72);
      expect(versionOf(world, 'd')).toBe(trigger === 'automatic' ? '1.37' : '1.36');
    },
  );
});
