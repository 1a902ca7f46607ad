import type { Rollout } from '../../core/contracts/items/rollout.ts';
import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { releaseTraits } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, keyOf, spec } from './changed-policy.ts';
import {
  hours,
  memberOf,
  minutes,
  PERSON,
  recordOf,
  rolloutsOf,
  run,
  smallFleet,
  touched,
  versionOf,
} from './small-fleet.ts';
import { failing } from './staged-fleet.ts';

const AMI = { bottle: 'BOTTLEROCKET_x86_64', plain: 'AL2023_x86_64_STANDARD', arm: 'AL2023_ARM_64_STANDARD' };
const BOTTLE = `ami/${AMI.bottle}`;
const cluster = (name: string, kind: keyof typeof AMI, version = '1.36') => ({
  name,
  version,
  tags: { stage: kind === 'plain' ? 'dev' : 'prod' },
  nodegroups: [{ name: 'workers', amiType: AMI[kind] }],
});
const ALL = { name: 'all', maxConcurrency: 1, failureBudget: { maxFailures: 1 } };
const goBack = async (world: World, name: string) =>
  requestRollback(world.ports, await recordOf(world, name), PERSON, { approve: true });
const appear = (world: World, ...clusters: Parameters<typeof cluster>[]) => {
  for (const one of clusters) addCluster(world.eks.state, cluster(...one));
};

/** What rollouts under way were told, one after the other. */
const carriedTraits = (world: World): string[][] =>
  world.table.auditTimeline().flatMap(({ event, detail }) => {
    const carried = detail.carried as Rollout['carried'];
    return event === 'TraitsCarried' ? [(carried ?? []).flatMap(({ traits }) => traits)] : [];
  });

/** A first rollout has taken both clusters up. */
async function upgraded(
  waves: readonly object[] = [ALL],
  { version, ...policy }: { trigger?: string; finish?: string; target?: string; version?: string } = {},
): Promise<World> {
  const clusters = [cluster('a', 'plain', version), cluster('b', 'bottle', version)];
  const world = await smallFleet({ clusters, policy: { ...policy, waves } });
  if (policy.trigger === 'manual') {
    await hours(world, 1);
    await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  }
  await run(world);
  return world;
}

describe('of a policy whose first rollout has ended and had a cluster taken back, the next one', () => {
  test('sets aside what shares its trait, takes the others, and goes on when a person clears the trait', async () => {
    const world = await upgraded();
    await goBack(world, 'b');
    await run(world);
    const [first] = await rolloutsOf(world);
    appear(world, ['c', 'bottle'], ['d', 'plain']);
    await run(world);
    const aside = await memberOf(world, 'c');
    expect(aside).toMatchObject({ status: 'Quarantined', reasons: [{ code: 'SuspiciousTrait' }] });
    expect(aside.rolloutId).not.toBe(first?.id);
    expect(aside.reasons[0]?.message).toContain(`the cluster that was taken back from 1.37 has it (${first?.id})`);
    expect([touched(world, 'c'), versionOf(world, 'd')]).toEqual([false, '1.37']);
    const waits = (await loadRolloutDetail(world.table, aside.rolloutId, world.clock.now())).reasons;
    expect(waits).toMatchObject([{ code: 'Unsettled', message: expect.stringContaining(': c (SuspiciousTrait). ') }]);
    await releaseTraits(world.ports, aside.rolloutId, [BOTTLE], PERSON, 'mended');
    await run(world);
    expect((await memberOf(world, 'c')).status).toBe('Succeeded');
  });

  test('says once that it waits for a person, and no more of a trait that is cleared while the fleet stands still', async () => {
    const world = await upgraded();
    await goBack(world, 'b');
    await run(world);
    appear(world, ['c', 'bottle'], ['d', 'plain']);
    await run(world);
    const { rolloutId } = await memberOf(world, 'c');
    const told = () =>
      world.table.auditTimeline().flatMap(({ event }) => (/^Rollout(Waits|GoesOn)$/.test(event) ? [event] : []));
    const shown = async () => {
      const { conditions, members } = await loadRolloutDetail(world.table, rolloutId, world.clock.now());
      return [conditions?.[0]?.reason, members.find(({ name }) => name === 'c')?.status];
    };
    expect([told(), await shown()]).toEqual([['RolloutWaits'], ['Unsettled', 'Quarantined']]);
    await stopFleet(world.ports, PERSON, 'a look at it');
    await releaseTraits(world.ports, rolloutId, [BOTTLE], PERSON, 'mended');
    await minutes(world, 3);
    expect([told(), await shown()]).toEqual([
      ['RolloutWaits', 'RolloutGoesOn'],
      ['Running', 'Pending'],
    ]);
  });

  test('sets aside what shares its trait also where nodes of a cluster that was there have failed since', async () => {
    const world = await upgraded([ALL], { finish: 'always' });
    await goBack(world, 'b');
    await run(world);
    const roll = { clusterName: 'e', nodegroupName: 'workers', type: 'VersionUpdate' } as const;
    world.eks.state.plannedFailures.push({ ...roll, errorCode: 'IpNotAvailable', errorMessage: 'no address' });
    const behind = [{ name: 'workers', version: '1.36', amiType: AMI.plain }];
    for (const name of ['e', 'f']) addCluster(world.eks.state, { name, version: '1.37', nodegroups: behind });
    await run(world);
    expect((await memberOf(world, 'e')).status).toBe('Failed');
    appear(world, ['c', 'bottle'], ['d', 'plain']);
    await run(world);
    expect([(await memberOf(world, 'c')).status, versionOf(world, 'd')]).toEqual(['Quarantined', '1.37']);
  });

  test('does not begin before that cluster is back, and explain says so', async () => {
    const world = await upgraded();
    await goBack(world, 'b');
    await stopFleet(world.ports, PERSON, 'a look at it');
    appear(world, ['d', 'plain']);
    await hours(world, 12);
    expect(await rolloutsOf(world)).toHaveLength(1);
    const { when, reasons } = await explainCluster(world.ports, await recordOf(world, 'd'));
    expect(when.condition).toBe('The rollback of b from 1.37 has ended: liftlock explain cluster b');
    expect(reasons.map(({ code }) => code)).toEqual(expect.arrayContaining(['GoesBack']));
    await resumeFleet(world.ports, PERSON, 'seen');
    await run(world);
    expect([versionOf(world, 'b'), versionOf(world, 'd')]).toEqual(['1.36', '1.37']);
    expect(await rolloutsOf(world)).toHaveLength(2);
  });

  test('begins meanwhile where it only finishes nodes of clusters that are at that minor', async () => {
    const world = await upgraded([ALL], { finish: 'always' });
    await goBack(world, 'b');
    await stopFleet(world.ports, PERSON, 'a look at it');
    const behind = [{ name: 'workers', version: '1.36' }];
    addCluster(world.eks.state, { name: 'e', version: '1.37', nodegroups: behind });
    await hours(world, 12);
    expect((await memberOf(world, 'e')).from).toBe('1.37');
  });

  test('learns of it while it is under way, and that the trait was cleared where it was first suspected', async () => {
    const world = await upgraded([at('dev', { soak: '12h' }), at('prod', { failureBudget: { maxFailures: 1 } })]);
    appear(world, ['c', 'bottle'], ['d', 'plain']);
    await hours(world, 9);
    expect([versionOf(world, 'd'), versionOf(world, 'c')]).toEqual(['1.37', '1.36']);
    await goBack(world, 'b');
    await run(world);
    const [first, second] = (await rolloutsOf(world)).sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
    expect(second).toMatchObject({ carried: [{ minor: '1.37', failures: 1, successes: 2, rollouts: [first?.id] }] });
    expect([(await memberOf(world, 'c')).status, touched(world, 'c')]).toEqual(['Quarantined', false]);
    await releaseTraits(world.ports, first?.id ?? '', second?.carried?.[0]?.traits ?? [], PERSON, 'mended');
    await run(world);
    expect((await memberOf(world, 'c')).status).toBe('Succeeded');
    expect(carriedTraits(world).map(({ length }) => length > 0)).toEqual([true, false]);
  });

  test('keeps to it where a person has cleared the trait and no cluster with it has got there yet', async () => {
    const world = await upgraded();
    await goBack(world, 'b');
    await run(world);
    appear(world, ['c', 'bottle'], ['d', 'plain']);
    await run(world);
    failing('c')(world.eks.state);
    await releaseTraits(world.ports, (await memberOf(world, 'c')).rolloutId, [BOTTLE], PERSON, 'mended');
    for (const name of ['e', 'f']) {
      appear(world, [name, 'bottle'], [`${name}-plain`, 'plain']);
      await run(world);
    }
    expect([versionOf(world, 'e'), versionOf(world, 'f')]).toEqual(['1.37', '1.37']);
    expect(carriedTraits(world)).toEqual([[]]);
  });

  test('says in its plan what it will set aside and how that is cleared, and that the cluster is still on its way back', async () => {
    const world = await upgraded([ALL], { trigger: 'manual' });
    const [first] = await rolloutsOf(world);
    appear(world, ['c', 'bottle'], ['d', 'plain']);
    await hours(world, 8);
    const planned = () => startRollout(world.ports, 'policy-0', PERSON, { dryRun: true });
    await goBack(world, 'b');
    expect((await planned()).reasons).toEqual([
      {
        code: 'GoesBack',
        message: expect.stringMatching(/^b is being taken back from 1\.37: .* liftlock explain cluster b$/),
      },
    ]);
    await run(world);
    const { reasons, suspiciousTraits, members } = await planned();
    expect([reasons, suspiciousTraits]).toEqual([[], expect.arrayContaining([BOTTLE])]);
    const of = (name: string) => members.find((one) => one.name === name)?.reasons ?? [];
    expect(of('c')).toMatchObject([{ code: 'SuspiciousTrait' }]);
    expect(of('c')[0]?.message).toContain(`liftlock rollout release-trait ${first?.id} '${BOTTLE}'`);
    expect(of('d')).toEqual([]);
    const created = await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
    expect(created.members.find(({ name }) => name === 'c')?.reasons).toMatchObject([{ code: 'SuspiciousTrait' }]);
    await releaseTraits(world.ports, first?.id ?? '', [BOTTLE], PERSON, 'mended');
    expect((await planned()).members.find(({ name }) => name === 'c')?.reasons).toEqual([]);
  });

  test('sets it aside also where the policy asks for a later minor by then: the way leads through the one it was taken back from', async () => {
    const world = await upgraded([ALL], { version: '1.35', target: '1.36' });
    await goBack(world, 'b');
    await run(world);
    expect(versionOf(world, 'b')).toBe('1.35');
    await applySpec(world, { ...spec(ALL), target: '1.37' });
    appear(world, ['c', 'bottle', '1.35'], ['d', 'plain', '1.35'], ['e', 'bottle', '1.36']);
    await run(world);
    expect([(await memberOf(world, 'c')).status, touched(world, 'c')]).toEqual(['Quarantined', false]);
    expect(['d', 'e'].map((name) => versionOf(world, name))).toEqual(['1.37', '1.37']);
  });

  test('sets it aside also where another cluster has failed without it since', async () => {
    const world = await upgraded();
    await goBack(world, 'b');
    await run(world);
    failing('d')(world.eks.state);
    appear(world, ['d', 'plain'], ['f', 'plain']);
    await run(world);
    expect((await memberOf(world, 'd')).status).toBe('Failed');
    appear(world, ['c', 'bottle']);
    await run(world);
    expect([(await memberOf(world, 'c')).status, touched(world, 'c')]).toEqual(['Quarantined', false]);
  });

  test('sets it aside also where the cluster that was taken back was tried again and has failed otherwise', async () => {
    const world = await upgraded();
    await goBack(world, 'b');
    await run(world);
    failing('b')(world.eks.state);
    await retryCluster(world.ports, await keyOf(world, 'b'), PERSON);
    await run(world);
    expect(await memberOf(world, 'b')).toMatchObject({ status: 'Failed', reasons: [{ code: 'IpNotAvailable' }] });
    appear(world, ['c', 'bottle'], ['d', 'plain']);
    await run(world);
    expect([(await memberOf(world, 'c')).status, touched(world, 'c')]).toEqual(['Quarantined', false]);
  });

  test.each<[string, readonly string[], string]>([
    ['got there', [], '1.37'],
    ['failed', ['d'], '1.36'],
  ])(
    'sets it aside also once all that lack it have %s, where nothing else ever got there',
    async (_, failed, arrived) => {
      const world = await smallFleet({ clusters: [cluster('b', 'bottle')], policy: { waves: [ALL] } });
      await run(world);
      await goBack(world, 'b');
      await run(world);
      failing(...failed)(world.eks.state);
      appear(world, ['c', 'bottle'], ['d', 'plain']);
      await run(world);
      const aside = await memberOf(world, 'c');
      expect([versionOf(world, 'd'), aside.status, touched(world, 'c')]).toEqual([arrived, 'Quarantined', false]);
      expect(aside.reasons[0]?.message).toContain('has it (policy-0-1-37-');
    },
  );

  test('sets aside all that are to come where they share everything and nothing ever got there, until a person has looked', async () => {
    const world = await smallFleet({ clusters: [cluster('b', 'bottle')], policy: { waves: [ALL] } });
    await run(world);
    await goBack(world, 'b');
    await run(world);
    appear(world, ['c', 'bottle'], ['d', 'bottle']);
    await run(world);
    const aside = await memberOf(world, 'c');
    expect([aside.status, (await memberOf(world, 'd')).status]).toEqual(['Quarantined', 'Quarantined']);
    expect([touched(world, 'c'), touched(world, 'd')]).toEqual([false, false]);
    expect(aside.reasons[0]?.message).toContain('and no cluster with it has got there');
    await releaseTraits(world.ports, aside.rolloutId, [BOTTLE], PERSON, 'mended');
    await run(world);
    expect([versionOf(world, 'c'), versionOf(world, 'd')]).toEqual(['1.37', '1.37']);
  });

  test('sets it aside also where it was planned for an earlier minor and its policy asks for that one before it begins', async () => {
    const world = await upgraded();
    await goBack(world, 'b');
    await run(world);
    await applySpec(world, { ...spec({ ...ALL, approval: { approvals: 1 } }), target: '1.36' });
    appear(world, ['c', 'bottle', '1.35'], ['d', 'plain', '1.35']);
    await hours(world, 6);
    const { rolloutId, to } = await memberOf(world, 'c');
    expect([to, (await loadRolloutDetail(world.table, rolloutId, world.clock.now())).carried]).toEqual([
      '1.36',
      undefined,
    ]);
    await applySpec(world, { ...spec({ ...ALL, maxConcurrency: 2 }), target: '1.37' });
    await run(world);
    const aside = await memberOf(world, 'c');
    expect([aside.rolloutId, aside.status, touched(world, 'c')]).toEqual([rolloutId, 'Quarantined', false]);
    const told = world.table.auditTimeline().findLast(({ event }) => event === 'RolloutReplanned')?.detail.reasons;
    expect(told).toContainEqual({ code: 'TraitsCarried', message: expect.stringContaining(BOTTLE) as string });
    expect(versionOf(world, 'd')).toBe('1.37');
  });

  test('finishes what a person brings there by hand meanwhile, and goes on with what shares the trait, since one with it got there', async () => {
    const world = await upgraded();
    await goBack(world, 'b');
    await run(world);
    appear(world, ['c', 'bottle'], ['e', 'bottle'], ['d', 'plain']);
    await run(world);
    await requestUpgrade(world.ports, await recordOf(world, 'c'), '1.37', PERSON, { approve: true });
    await run(world);
    expect([versionOf(world, 'c'), (await memberOf(world, 'c')).status]).toEqual(['1.37', 'Succeeded']);
    expect((await memberOf(world, 'e')).status).toBe('Succeeded');
  });

  test('suspects nothing where its cluster has failed and was not taken back', async () => {
    const clusters = [cluster('a', 'plain'), cluster('b', 'bottle')];
    const world = await smallFleet({ clusters, policy: { waves: [ALL] }, prepare: failing('b') });
    await run(world);
    expect(await rolloutsOf(world)).toMatchObject([{ status: 'CompletedWithFailures' }]);
    appear(world, ['c', 'bottle']);
    await run(world);
    expect((await memberOf(world, 'c')).status).toBe('Succeeded');
  });

  test('suspects nothing once the cluster that was taken back has succeeded after all', async () => {
    const world = await upgraded();
    await goBack(world, 'b');
    await run(world);
    await retryCluster(world.ports, await keyOf(world, 'b'), PERSON);
    await run(world);
    appear(world, ['c', 'bottle']);
    await run(world);
    expect((await memberOf(world, 'c')).status).toBe('Succeeded');
    expect((await explainCluster(world.ports, await recordOf(world, 'c'))).state).toBe('UpToDate');
  });
});

describe('the rollout in which a cluster was taken back', () => {
  const WAVES = ['a', 'b', 'x'].map((name) => cluster(name, name === 'b' ? 'bottle' : 'plain'));
  const watched = { maxConcurrency: 3, failureBudget: { maxFailures: 3 } };

  test('sets aside what shares its trait also where another cluster has failed without it', async () => {
    const inStage = (stage: string) => (one: ReturnType<typeof cluster>) => ({ ...one, tags: { stage } });
    const world = await smallFleet({
      clusters: [...WAVES.map(inStage('dev')), ...[cluster('c', 'bottle'), cluster('d', 'plain')].map(inStage('prod'))],
      policy: { waves: [at('dev', { soak: '24h', ...watched }), at('prod', watched)] },
      prepare: failing('x'),
    });
    await hours(world, 8);
    await goBack(world, 'b');
    await run(world);
    expect([(await memberOf(world, 'c')).status, touched(world, 'c')]).toEqual(['Quarantined', false]);
    expect(versionOf(world, 'd')).toBe('1.37');
  });

  test('tries it again for a retry, and what shares its trait only once it has got there', async () => {
    const wave = { name: 'all', canaries: 2, watch: '3h', ...watched };
    const clusters = [cluster('a', 'plain'), cluster('b', 'bottle'), cluster('c', 'bottle'), cluster('d', 'plain')];
    const world = await smallFleet({ clusters, policy: { waves: [wave] } });
    await hours(world, 6);
    await goBack(world, 'b');
    await run(world);
    expect(['b', 'c', 'd'].map((name) => versionOf(world, name))).toEqual(['1.36', '1.36', '1.37']);
    const { reasons } = await explainCluster(world.ports, await recordOf(world, 'b'));
    expect(reasons.map(({ code }) => code)).not.toContain('SuspiciousTrait');
    await retryCluster(world.ports, await keyOf(world, 'b'), PERSON);
    await hours(world, 3);
    expect([versionOf(world, 'b'), touched(world, 'c')]).toEqual(['1.37', false]);
    await run(world);
    expect(['b', 'c'].map((name) => versionOf(world, name))).toEqual(['1.37', '1.37']);
  });
});

test('of clusters that were taken back for different traits, what shares either is set aside', async () => {
  const clusters = [cluster('a', 'plain'), cluster('b', 'bottle'), cluster('g', 'arm')];
  const world = await smallFleet({ clusters, policy: { waves: [{ ...ALL, failureBudget: { maxFailures: 3 } }] } });
  await run(world);
  for (const name of ['b', 'g']) {
    await goBack(world, name);
    await run(world);
  }
  appear(world, ['c', 'bottle'], ['d', 'plain'], ['h', 'arm']);
  await run(world);
  expect(['c', 'd', 'h'].map((name) => versionOf(world, name))).toEqual(['1.36', '1.37', '1.36']);
});
