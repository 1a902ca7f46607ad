import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { apply, at, failedInX, finishedInX, hold, keyOf, lookAround, spec, two, waveNamed } from './changed-policy.ts';
import {
  discover,
  hours,
  memberOf,
  membersOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  smallFleet,
  touched,
  versionOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

describe('a wave all of whose clusters', () => {
  test('are held before the rollout is planned proves nothing to the next', async () => {
    const world = await smallFleet({ clusters: two, policy: { ...spec(at('dev'), at('prod')), trigger: 'manual' } });
    await discover(world);
    await hours(world, 0.5);
    await hold(world, 'd');
    await apply(world, at('dev'), at('prod'));
    await hours(world, 12);
    expect([(await waveNamed(world, 'dev'))?.status, touched(world, 'p')]).toEqual(['Undecided', false]);
  });
  test('are held since they failed in a rollout that was aborted, proves nothing to the next wave of the next rollout', async () => {
    const world = await smallFleet({ clusters: two, policy: spec(at('dev'), at('prod')), prepare: failing('d') });
    await hours(world, 4);
    const id = await rolloutIdOf(world);
    expect([(await rolloutsOf(world))[0]?.status, touched(world, 'p')]).toEqual(['Halted', false]);
    await abortRollout(world.ports, id, PERSON, 'later');
    await hours(world, 1);
    await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
    await hours(world, 12);
    expect(touched(world, 'p')).toBe(false);
  });
  test('cannot be read any more before its window opens proves nothing to the next', async () => {
    const other = staged('dev', ['d']).map((one) => ({ ...one, account: '222222222222' }));
    const world = await smallFleet({
      clusters: [...staged('first', ['f']), ...other, ...staged('prod', ['p'])],
      policy: spec(at('first', { soak: '6h' }), at('dev'), at('prod')),
    });
    await hours(world, 2);
    expect((await memberOf(world, 'd')).status).toBe('Pending');
    world.eks.state.deniedAccounts.push('222222222222');
    await world.invoke('discover-clusters', {});
    await hours(world, 24);
    expect([(await waveNamed(world, 'dev'))?.status, touched(world, 'p')]).toEqual(['Undecided', false]);
  });
  test('cannot be read before it opens proves nothing to the next', async () => {
    const other = staged('dev', ['d']).map((one) => ({ ...one, account: '222222222222' }));
    const world = await smallFleet({
      clusters: [...other, ...staged('prod', ['p'])],
      policy: { ...spec(at('dev'), at('prod')), trigger: 'manual' },
    });
    await discover(world);
    await hours(world, 0.5);
    world.eks.state.deniedAccounts.push('222222222222');
    await world.invoke('discover-clusters', {});
    await hours(world, 0.5);
    await apply(world, at('dev'), at('prod'));
    await hours(world, 12);
    expect([(await waveNamed(world, 'dev'))?.status, touched(world, 'p')]).toEqual(['Undecided', false]);
  });
});

describe('what is only counted in a wave, since its own was given up,', () => {
  const D = at('dev', { soak: '24h' });
  const X = at('x', { failureBudget: { maxFailures: 1 } });
  const made = (S: object, staging: readonly string[]) => failedInX({ dev: D, x: X, staging: S }, { staging });
  test('proves nothing for it by its success', async () => {
    const S = at('staging', { soak: '12h' });
    const world = await made(S, ['s']);
    await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
    await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
    await hours(world, 3);
    await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
    expect((await memberOf(world, 'p')).status).toBe('Succeeded');
    await hold(world, 's');
    await hours(world, 1);
    await apply(world, D, S, at('prod'));
    await hours(world, 0.5);
    expect((await membersOf(world)).map(({ name }) => name)).not.toContain('p');
    expect((await memberOf(world, 's')).status).toBe('Blocked');
    await hours(world, 48);
    expect([(await waveNamed(world, 'staging'))?.status, touched(world, 's'), touched(world, 'q')]).toEqual([
      'Undecided',
      false,
      false,
    ]);
  });
  test('is not one of those that minJudged asks for', async () => {
    const S = at('staging', { failureBudget: { maxFailures: 1, minJudged: 2 } });
    const world = await made(S, ['s', 't']);
    await hold(world, 't');
    await hours(world, 1);
    await apply(world, D, S, at('prod'));
    await hours(world, 0.5);
    expect(await memberOf(world, 'p')).toMatchObject({ isStray: true, waveIndex: 1, status: 'Failed' });
    await hours(world, 48);
    expect([
      (await waveNamed(world, 'staging'))?.status,
      versionOf(world, 's'),
      touched(world, 't'),
      touched(world, 'q'),
    ]).toEqual(['Undecided', '1.37', false, false]);
  });
  test.each([[true], [false]])('is no canary of it (dropped: %s)', async (dropped) => {
    const S = at('staging', { canaries: 1, maxConcurrency: 3, failureBudget: { maxFailures: 1 } });
    const world = await made(S, ['s', 't', 'u']);
    if (dropped) await apply(world, D, S, at('prod'));
    else await apply(world, D, at('x', { failureBudget: { maxFailures: 2 }, soak: '1h' }), S, at('prod'));
    let most = 0;
    for (let i = 0; i < 400 && (await waveNamed(world, 'staging'))?.openedAt === undefined; i += 1)
      await hours(world, 0.1);
    for (let i = 0; i < 2; i += 1) {
      await hours(world, 0.1);
      most = Math.max(
        most,
        (await membersOf(world)).filter(({ name, status }) => ['s', 't', 'u'].includes(name) && status === 'Running')
          .length,
      );
    }
    expect([(await waveNamed(world, 'staging'))?.status, most]).toEqual(['Open', 1]);
  });
});

const holdOther = async (world: World) => {
  await hold(world, 'r');
  await hours(world, 1);
};

test.each([
  ['no plan is made anew', false],
  ['another plan is made', true],
])('a wave soaks after the success of a cluster that was finished by hand, where %s', async (_, again) => {
  const D = at('dev', { soak: '20h' });
  const X = at('x', { failureBudget: { maxFailures: 1 }, soak: '72h' });
  const world = await finishedInX({ dev: D, x: X }, holdOther);
  if (again) await apply(world, D, X, at('prod', { canaries: 1 }));
  await hours(world, 36);
  expect([(await waveNamed(world, 'x'))?.status, touched(world, 'q')]).toEqual(['Soaking', false]);
});

test('a wave whose clusters were held before it was planned proves nothing', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('staging', ['s', 't']), ...staged('prod', ['p'])],
    policy: { ...spec(at('dev'), at('staging'), at('prod')), trigger: 'manual' },
  });
  await hours(world, 1);
  await hold(world, 's');
  await hold(world, 't');
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await hours(world, 24);
  expect([(await waveNamed(world, 'staging'))?.status, touched(world, 'p')]).toEqual(['Undecided', false]);
  await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'nothing to prove');
  await hours(world, 24);
  expect(versionOf(world, 'p')).toBe('1.37');
});

test('an automatic rollout does not pass over a wave whose cluster failed, and is held, before the plan', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    policy: spec(at('dev'), at('prod')),
    prepare: failing('d'),
  });
  await hours(world, 4);
  expect([(await rolloutsOf(world))[0]?.status, touched(world, 'p')]).toEqual(['Halted', false]);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'no');
  await hours(world, 1);
  for (const late of staged('prod', ['n'])) addCluster(world.eks.state, { ...late });
  await lookAround(world);
  await hours(world, 36);
  expect([versionOf(world, 'd'), touched(world, 'n'), (await rolloutsOf(world)).length]).toEqual(['1.36', false, 2]);
});

test('a wave soaks after the success of a cluster that was finished by hand, where the wave was renamed since', async () => {
  const D = at('dev', { soak: '20h' });
  const X = at('x', { failureBudget: { maxFailures: 1 }, soak: '72h' });
  const world = await finishedInX({ dev: D, x: X }, holdOther);
  await apply(world, D, { ...X, name: 'y' }, at('prod'));
  await hours(world, 36);
  expect([
    (await waveNamed(world, 'y'))?.succeeded,
    (await waveNamed(world, 'y'))?.status,
    touched(world, 'q'),
  ]).toEqual([1, 'Soaking', false]);
});

test.each([
  ['soaks', { soak: '72h' }, 'Soaking'],
  ['has judged as many as are asked for', { failureBudget: { maxFailures: 1, minJudged: 2 } }, 'Undecided'],
])('a wave of which one was finished by hand and the other skipped before it opens %s', async (_, more, wanted) => {
  const D = at('dev', { soak: '20h' });
  const X = at('x', { failureBudget: { maxFailures: 1 }, ...more });
  const world = await finishedInX({ dev: D, x: X });
  await skipCluster(world.ports, await keyOf(world, 'r'), PERSON, 'not this one');
  await hours(world, 30);
  expect([(await waveNamed(world, 'x'))?.status, touched(world, 'q')]).toEqual([wanted, false]);
});
