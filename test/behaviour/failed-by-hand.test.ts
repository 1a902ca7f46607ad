import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { resumeRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { ClusterControls } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import { apply, at, clusterOf, hold, keyOf, retag, spec, waveNamed } from './changed-policy.ts';
import {
  hours,
  memberOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  smallFleet,
  touched,
  versionOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

describe('a failure by hand of a cluster that waits in a rollout', () => {
  const halted = async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d', 'e']), ...staged('prod', ['p', 'q'])],
      policy: spec(at('dev', { maxConcurrency: 1 }), at('prod')),
      prepare: failing('d', 'p'),
    });
    await hours(world, 4);
    expect((await rolloutsOf(world))[0]?.status).toBe('Halted');
    await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
    await hours(world, 4);
    const control = await load(world.table, ClusterControls, await keyOf(world, 'p'));
    expect([control?.data.held?.mutated, (await memberOf(world, 'p')).status]).toEqual([true, 'Pending']);
    return world;
  };
  test('cannot be skipped away while the rollout is halted', async () => {
    const world = await halted();
    await skipCluster(world.ports, await keyOf(world, 'p'), PERSON, 'x').catch(() => undefined);
    await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
    await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'ok', { acceptFailures: true });
    await hours(world, 24);
    expect([(await waveNamed(world, 'prod'))?.failed, touched(world, 'q')]).toEqual([1, false]);
  });
  test('has failed again when it leaves its wave after a retry, as anywhere else', async () => {
    const world = await halted();
    await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
    await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'ok', { acceptFailures: true });
    await retag(world, 'p', { 'liftlock/paused': 'true' });
    await hours(world, 24);
    expect([(await waveNamed(world, 'prod'))?.failed, touched(world, 'q')]).toEqual([1, false]);
  });
  test('the same while the rollout is not halted', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d', 'e']), ...staged('prod', ['p', 'q'])],
      policy: spec(at('dev', { soak: '12h' }), at('prod')),
      prepare: failing('p'),
    });
    await hours(world, 4);
    await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
    await hours(world, 4);
    await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
    await retag(world, 'p', { 'liftlock/paused': 'true' });
    await hours(world, 24);
    expect([(await waveNamed(world, 'prod'))?.failed, touched(world, 'q')]).toEqual([1, false]);
  });
  test('counts where nobody releases it', async () => {
    const world = await halted();
    await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'ok', { acceptFailures: true });
    await hours(world, 24);
    expect([(await waveNamed(world, 'prod'))?.failed, touched(world, 'q')]).toEqual([1, false]);
  });
  test('is not lost by a release in the first minute', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d', 'e']), ...staged('prod', ['p', 'q'])],
      policy: spec(at('dev', { soak: '24h' }), at('prod')),
      prepare: failing('p'),
    });
    await hours(world, 4);
    await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
    let isReleased = false;
    for (let i = 0; i < 2000 && !isReleased; i += 1) {
      await runWorld(world, { until: new Date(world.clock.now().getTime() + 2_000), quietHours: 1_000 });
      const control = await load(world.table, ClusterControls, await keyOf(world, 'p'));
      if (control?.data.held === undefined) continue;
      isReleased = await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON).then(
        () => true,
        () => false,
      );
    }
    const { status } = await memberOf(world, 'p');
    await hours(world, 0.5);
    expect([isReleased, status, (await waveNamed(world, 'prod'))?.failed]).toEqual([true, expect.anything(), 1]);
  });
});

test('who is retried after a failure by hand has a place in its wave, and what stopped it is over', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['x']), ...staged('prod', ['a', 'b', 'c', 'd'])],
    policy: spec(at('dev', { soak: '48h' }), at('prod')),
    prepare: failing('b'),
  });
  await hours(world, 4);
  await requestUpgrade(world.ports, await recordOf(world, 'b'), '1.37', PERSON, { approve: true });
  await hours(world, 4);
  const told = async () => explainCluster(world.ports, await recordOf(world, 'b'));
  const before = await told();
  expect([before.rollout?.position, before.rollout?.of, before.stoppedBy.length]).toEqual([4, 4, 1]);
  await retryCluster(world.ports, await keyOf(world, 'b'), PERSON);
  const { state, held, stoppedBy } = await told();
  expect({ state, held, stoppedBy }).toEqual({ state: 'Waiting', held: null, stoppedBy: [] });
});

test('a wave that is halted and its rollout tell one count of failures, after a release and after a retry', async () => {
  const world = await smallFleet({
    clusters: staged('prod', ['a', 'b', 'c']),
    policy: spec(at('prod', { maxConcurrency: 1 })),
    prepare: failing('a', 'c'),
  });
  await hours(world, 4);
  await requestUpgrade(world.ports, await recordOf(world, 'c'), '1.37', PERSON, { approve: true });
  await hours(world, 4);
  const told = async () => {
    const [rollout] = await rolloutsOf(world);
    const wave = await waveNamed(world, 'prod');
    const said = new Set([...(rollout?.reasons ?? []), ...(wave?.reasons ?? [])].map(({ message }) => message));
    return [rollout?.status, wave?.failed, ...said];
  };
  await releaseCluster(world.ports, await keyOf(world, 'c'), PERSON);
  const two = '2 upgrades of the wave prod failed and at most 0 may. The last one was c.';
  expect(await told()).toEqual(['Halted', 2, two]);
  await retryCluster(world.ports, await keyOf(world, 'a'), PERSON);
  await hours(world, 1);
  expect(await told()).toEqual(['Halted', 1, '1 upgrade of the wave prod failed and at most 0 may.']);
});

test('who is released after a failure by hand between two hops gives its place in the wave back', async () => {
  const wave = (maxConcurrency: number) => at('prod', { maxConcurrency });
  const world = await smallFleet({
    clusters: staged('prod', ['a', 'b', 'c'], '1.35'),
    policy: spec(wave(2)),
    prepare: failing('b'),
  });
  await hours(world, 8);
  expect([(await rolloutsOf(world))[0]?.status, versionOf(world, 'a'), versionOf(world, 'c')]).toEqual([
    'Halted',
    '1.36',
    '1.35',
  ]);
  expect(await memberOf(world, 'a')).toMatchObject({ status: 'Parked', inFlight: true });
  failing('a')(world.eks.state);
  await requestUpgrade(world.ports, await recordOf(world, 'a'), '1.37', PERSON, { approve: true });
  await hours(world, 4);
  await releaseCluster(world.ports, await keyOf(world, 'a'), PERSON);
  expect((await memberOf(world, 'a')).status).toBe('Failed');
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'seen', { acceptFailures: true });
  await apply(world, wave(1));
  await hours(world, 24);
  const w = await waveNamed(world, 'prod');
  expect([w?.inFlight, touched(world, 'c'), w?.status]).toEqual([0, true, 'CompletedWithFailures']);
});

test('a failure by hand of a member that was blocked before counts', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p', 'q'])],
    policy: spec(at('dev', { soak: '24h' }), at('prod')),
    prepare: failing('p'),
  });
  await hours(world, 2);
  await hold(world, 'p');
  await hours(world, 1.1);
  expect((await memberOf(world, 'p')).status).toBe('Blocked');
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 3);
  const { status } = await memberOf(world, 'p');
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  const again = await memberOf(world, 'p');
  await retag(world, 'p', { 'liftlock/paused': 'true' });
  await hours(world, 36);
  expect([status, again.failedBefore, (await waveNamed(world, 'prod'))?.failed, touched(world, 'q')]).toEqual([
    expect.anything(),
    true,
    1,
    false,
  ]);
});

// docs/semantics.md, Failure budget.
test.each([false, true])(
  'a cluster that failed by hand in a halted rollout counts, also when it is deleted then (deleted: %s)',
  async (deleted) => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d', 'e']), ...staged('prod', ['p', 'q'])],
      policy: spec(at('dev', { maxConcurrency: 2 }), at('prod')),
      prepare: failing('d', 'p'),
    });
    await hours(world, 3);
    const id = await rolloutIdOf(world);
    await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
    await hours(world, 2);
    const gone = clusterOf(world, 'p');
    if (deleted && gone !== undefined) delete world.eks.state.clusters[gone.arn];
    await hours(world, 2);
    await resumeRollout(world.ports, id, PERSON, 'd is known', { acceptFailures: true });
    await hours(world, 3);
    expect(versionOf(world, 'q')).toBe('1.36');
  },
);
