import { retryCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { releaseTraits, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { grantUpgrade } from '../../core/protocol/grant.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import {
  hours,
  memberOf,
  membersOf,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  run,
  type SmallFleet,
  smallFleet,
  touched,
  wavesOf,
} from './small-fleet.ts';
import { failing } from './staged-fleet.ts';

const cluster = (name: string, amiType: string, stage = 'dev') => ({
  name,
  version: '1.36',
  tags: { stage },
  nodegroups: [{ name: 'workers', amiType }],
});

describe('clusters that share what the failed ones have and the succeeded ones lack', () => {
  const mixed = {
    clusters: [
      cluster('a', 'AL2023_x86_64_STANDARD'),
      cluster('b', 'BOTTLEROCKET_x86_64'),
      cluster('c', 'BOTTLEROCKET_x86_64'),
      cluster('d', 'AL2023_x86_64_STANDARD'),
    ],
    policy: { waves: [{ name: 'all', maxConcurrency: 1, failureBudget: { maxFailures: 2 } }] },
  };

  test('are set aside, the others go on, and a person lets them go on', async () => {
    const world = await smallFleet({ ...mixed, prepare: failing('b') });
    await run(world);
    expect((await memberOf(world, 'b')).status).toBe('Failed');
    expect((await memberOf(world, 'd')).status).toBe('Succeeded');
    const aside = await memberOf(world, 'c');
    expect(aside).toMatchObject({ status: 'Quarantined', reasons: [{ code: 'SuspiciousTrait' }] });
    expect(aside.reasons[0]?.message).toContain('ami/BOTTLEROCKET_x86_64');
    expect(touched(world, 'c')).toBe(false);
    await expect(releaseTraits(world.ports, await rolloutIdOf(world), ['ami/AL2_x86_64'], PERSON, '')).rejects.toThrow(
      'is not suspected',
    );
    await releaseTraits(world.ports, await rolloutIdOf(world), ['ami/BOTTLEROCKET_x86_64'], PERSON, 'subnet was full');
    await run(world);
    expect((await memberOf(world, 'c')).status).toBe('Succeeded');
    expect((await rolloutsOf(world))[0]?.status).toBe('CompletedWithFailures');
  });

  test('are shown as set aside for what is suspected still, once one that was in flight has succeeded with some of it', async () => {
    const tags = { stage: 'dev', 'alpha.eksctl.io/cluster-name': 'x' };
    const clusters = [
      { ...cluster('a', 'BOTTLEROCKET_x86_64'), tags },
      { ...cluster('b', 'AL2023_x86_64_STANDARD'), tags },
      { ...cluster('c', 'BOTTLEROCKET_x86_64'), tags },
      cluster('d', 'AL2023_x86_64_STANDARD'),
      cluster('e', 'AL2023_x86_64_STANDARD'),
    ];
    const waves = [{ name: 'all', maxConcurrency: 2, watch: '3h', failureBudget: { maxFailures: 2 } }];
    const world = await smallFleet({ clusters, policy: { waves }, prepare: failing('a') });
    await run(world);
    const { members } = await loadRolloutDetail(world.table, await rolloutIdOf(world), world.clock.now());
    const shown = members.find(({ name }) => name === 'c')?.reasons;
    expect(shown?.[0]?.message).toMatch(/^It shares ami\/BOTTLEROCKET_x86_64: /);
    expect(shown).toEqual((await explainCluster(world.ports, await recordOf(world, 'c'))).reasons);
  });

  test('are not begun by a decision that was made before the failure was known', async () => {
    const world = await smallFleet({ ...mixed, prepare: failing('b') });
    await run(world);
    const { clusterKey, rolloutId, waveIndex, from, to } = await memberOf(world, 'c');
    const request = { clusterKey, machine: 'upgrade-cluster', from, to, requestedBy: 'liftlock' } as const;
    const decidedWith = (failures: number) =>
      grantUpgrade(world.ports, { ...request, upgradeId: `${from}-${to}`, member: { rolloutId, waveIndex, failures } });
    expect(await decidedWith(0)).toMatchObject({ refused: [{ code: 'FailedMeanwhile' }] });
    expect(await decidedWith(1)).toMatchObject({ granted: { clusterKey } });
  });

  test('go on by themselves once one of them has succeeded after all', async () => {
    const world = await smallFleet({ ...mixed, prepare: failing('b') });
    await run(world);
    await retryCluster(world.ports, (await recordOf(world, 'b')).clusterKey, PERSON);
    await run(world);
    expect((await membersOf(world)).map(({ status }) => status)).toEqual(Array(4).fill('Succeeded'));
  });
});

describe('a wave', () => {
  const unlike = [
    cluster('a', 'AL2023_x86_64_STANDARD'),
    cluster('b', 'BOTTLEROCKET_x86_64'),
    cluster('p', 'AL2023_x86_64_STANDARD', 'prod'),
  ];

  test('sends its canaries one after the other, and the rest when they are judged', async () => {
    const world = await smallFleet({
      clusters: ['a', 'b', 'c', 'd', 'e'].map((name) => cluster(name, 'AL2023_x86_64_STANDARD')),
      policy: { waves: [{ name: 'all', maxConcurrency: 5, canaries: 2 }] },
    });
    await run(world);
    const first = (name: string) =>
      Math.min(
        ...mutationsOf(world)
          .filter((one) => one.clusterArn.endsWith(`/${name}`))
          .map(({ at }) => at),
      );
    const last = (name: string) =>
      Math.max(
        ...mutationsOf(world)
          .filter((one) => one.clusterArn.endsWith(`/${name}`))
          .map(({ at }) => at),
      );
    expect(first('b')).toBeGreaterThan(last('a'));
    for (const name of ['c', 'd', 'e']) expect(first(name)).toBeGreaterThan(last('b'));
    expect(first('d')).toBeLessThan(last('c'));
  });

  test('with countInFlight never fails more than its budget allows', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const world = await smallFleet({
      clusters: names.map((name) => cluster(name, 'AL2023_x86_64_STANDARD')),
      policy: { waves: [{ name: 'all', maxConcurrency: 6, failureBudget: { maxFailures: 2, countInFlight: true } }] },
      prepare: failing(...names),
    });
    await run(world);
    expect((await membersOf(world)).filter(({ status }) => status === 'Failed').length).toBeLessThanOrEqual(3);
  });

  test('that is beyond its budget goes on when a person accepts the failures', async () => {
    const world = await smallFleet({
      clusters: unlike,
      policy: {
        waves: [
          { name: 'dev', selector: { matchLabels: { stage: 'dev' } } },
          { name: 'prod', selector: { matchLabels: { stage: 'prod' } } },
        ],
      },
      prepare: failing('b'),
    });
    await run(world);
    expect((await wavesOf(world))[0]?.status).toBe('Halted');
    await expect(resumeRollout(world.ports, await rolloutIdOf(world), PERSON)).rejects.toThrow('--accept-failures');
    await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'known', { acceptFailures: true });
    await run(world);
    expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['CompletedWithFailures', 'Completed']);
    expect((await rolloutsOf(world))[0]?.status).toBe('CompletedWithFailures');
  });

  test('soaks all the same when a person accepts its failures, and no longer when one promotes it', async () => {
    const world = await smallFleet({
      clusters: unlike,
      policy: {
        waves: [
          { name: 'dev', selector: { matchLabels: { stage: 'dev' } }, soak: '5h' },
          { name: 'prod', selector: { matchLabels: { stage: 'prod' } } },
        ],
      },
      prepare: failing('b'),
    });
    await hours(world, 2);
    expect((await wavesOf(world))[0]?.status).toBe('Halted');
    await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'known', { acceptFailures: true });
    await hours(world, 1);
    expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['Soaking', 'Pending']);
    expect(touched(world, 'p')).toBe(false);
    await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'in a hurry');
    await run(world);
    expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['CompletedWithFailures', 'Completed']);
  });

  test('that is opened again by a retry is waited for again, also by stragglers of later waves', async () => {
    const world = await smallFleet({
      clusters: [
        cluster('a', 'BOTTLEROCKET_x86_64'),
        cluster('p', 'BOTTLEROCKET_x86_64', 'prod'),
        cluster('q', 'AL2023_x86_64_STANDARD', 'prod'),
      ],
      policy: {
        waves: [
          { name: 'dev', selector: { matchLabels: { stage: 'dev' } } },
          { name: 'prod', selector: { matchLabels: { stage: 'prod' } }, failureBudget: { maxFailures: 1 } },
        ],
      },
      prepare: failing('a'),
    });
    await run(world);
    await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'known', { acceptFailures: true });
    await run(world);
    expect((await memberOf(world, 'p')).status).toBe('Quarantined');
    await retryCluster(world.ports, (await recordOf(world, 'a')).clusterKey, PERSON);
    await run(world);
    const of = (name: string) => mutationsOf(world).filter((one) => one.clusterArn.endsWith(`/${name}`));
    expect((await membersOf(world)).map(({ status }) => status)).toEqual(Array(3).fill('Succeeded'));
    expect(of('p')[0]?.at).toBeGreaterThan(of('a').at(-1)?.at ?? Number.POSITIVE_INFINITY);
  });

  test('lets a person take a cluster out that waits, and it stays out', async () => {
    const world = await smallFleet({
      clusters: [cluster('a', 'AL2023_x86_64_STANDARD'), cluster('b', 'AL2023_x86_64_STANDARD')],
      policy: { waves: [{ name: 'all', maxConcurrency: 1 }] },
    });
    await hours(world, 0.4);
    await skipCluster(world.ports, (await recordOf(world, 'b')).clusterKey, PERSON, 'release day');
    await expect(skipCluster(world.ports, (await recordOf(world, 'a')).clusterKey, PERSON, '')).rejects.toThrow(
      'half done',
    );
    await run(world);
    expect((await memberOf(world, 'b')).status).toBe('Excluded');
    expect(touched(world, 'b')).toBe(false);
    await hours(world, 3);
    expect(await rolloutsOf(world)).toHaveLength(1);
  });
});

describe('hops beside clusters whose nodes and add-ons are finished where they are', () => {
  const behind = (name: string) => ({ name, version: '1.37', nodegroups: [{ name: 'workers', version: '1.36' }] });
  const hop = (name: string) => cluster(name, 'AL2023_x86_64_STANDARD');
  const beside = (...clusters: SmallFleet['clusters']) => ({
    clusters,
    policy: { finish: 'always', waves: [{ name: 'all', maxConcurrency: 1, failureBudget: { maxFailures: 2 } }] },
  });

  test('are not set aside for their minor, which every hop has and no finished cluster', async () => {
    const world = await smallFleet({ ...beside(behind('a'), hop('b'), hop('c'), behind('d')), prepare: failing('b') });
    await run(world);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(async (name) => (await memberOf(world, name)).status))).toEqual([
      'Succeeded',
      'Failed',
      'Succeeded',
      'Succeeded',
    ]);
  });
});
