import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { resumeRollout } from '../../core/operations/rollout-orders.ts';
import { apply, at, clusterOf, failedInX, hold, keyOf, lookAround, spec, waveNamed, withX } from './changed-policy.ts';
import {
  hours,
  memberOf,
  membersOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  smallFleet,
  touched,
  versionOf,
} from './small-fleet.ts';
import { failing } from './staged-fleet.ts';

const D = at('dev', { soak: '24h' });
const X = at('x', { failureBudget: { maxFailures: 1 } });

const failed = (S: object, staging: readonly string[], more: readonly string[] = []) =>
  failedInX({ dev: D, x: X, staging: S }, { staging, more });

test('whose wave was given up is not retried, also when a person has finished it, and hides no failure of another wave', async () => {
  const S = at('staging', { failureBudget: { maxFailures: 1 } });
  const world = await failed(S, ['s'], ['s']);
  await apply(world, D, S, at('prod'));
  await hours(world, 0.5);
  expect(await memberOf(world, 'p')).toMatchObject({ isStray: true, waveIndex: 1, status: 'Failed' });
  // It is only counted; dev is over and staging runs, and s fails.
  for (let i = 0; i < 60 && (await waveNamed(world, 'staging'))?.openedAt === undefined; i += 1)
    await hours(world, 0.5);
  // A person brings p to its end.
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 5);
  expect([
    (await memberOf(world, 's')).status,
    (await waveNamed(world, 'staging'))?.status,
    versionOf(world, 'p'),
  ]).toEqual(['Failed', 'Halted', '1.37']);
  await expect(retryCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow('a later rollout may');
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'x').catch(() => undefined);
  await hours(world, 24);
  expect([(await waveNamed(world, 'staging'))?.status, touched(world, 'q')]).toEqual(['Halted', false]);
});

test('a failure taken back by a retry is not lost when the control plane is moved by somebody and the wave is dropped', async () => {
  const S = at('staging');
  const world = await failed(S, ['s', 't', 'u']);
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await hours(world, 0.2);
  expect(await memberOf(world, 'p')).toMatchObject({ status: 'Pending', failedBefore: true });
  Object.assign(clusterOf(world, 'p') ?? {}, { version: '1.37' });
  await lookAround(world);
  await hours(world, 0.5);
  expect(await memberOf(world, 'p')).toMatchObject({ status: 'Pending', failedBefore: true });
  await apply(world, D, S, at('prod'));
  await hours(world, 0.5);
  expect((await membersOf(world)).find(({ name, status }) => name === 'p' && status === 'Failed')).toBeDefined();
  await hours(world, 36);
  expect([(await waveNamed(world, 'staging'))?.failed, touched(world, 's')]).toEqual([1, false]);
});

const blockedStray = async (S: object, staging: readonly string[], prepare: readonly string[]) => {
  const world = await smallFleet({
    clusters: withX(staging),
    policy: spec(at('dev', { soak: '6h' }), X, S, at('prod')),
    prepare: failing(...prepare),
  });
  await hours(world, 2);
  await hold(world, 'p');
  await hours(world, 1.1);
  expect((await memberOf(world, 'p')).status).toBe('Blocked');
  await apply(world, at('dev', { soak: '6h' }), S, at('prod'));
  await hours(world, 0.5);
  expect(await memberOf(world, 'p')).toMatchObject({ isStray: true, status: 'Blocked' });
  return world;
};

test('the retry of a blocked stray is refused, as documented', async () => {
  const world = await blockedStray(at('staging', { soak: '12h' }), ['s'], []);
  await hours(world, 24);
  expect((await waveNamed(world, 'staging'))?.status).toBe('Completed');
  const said = await retryCluster(world.ports, await keyOf(world, 'p'), PERSON).then(
    () => 'retried',
    (error: Error) => error.message,
  );
  const status = (await waveNamed(world, 'staging'))?.status;
  expect([said, status]).toEqual([expect.not.stringMatching(/^retried$/), 'Completed']);
});

test('a retry of a blocked stray does not take back that an approver let its undecided wave pass', async () => {
  const S = at('staging', { failureBudget: { minJudged: 2 } });
  const world = await blockedStray(S, ['s'], []);
  for (let i = 0; i < 40 && (await waveNamed(world, 'staging'))?.status !== 'Undecided'; i += 1)
    await hours(world, 0.5);
  expect((await waveNamed(world, 'staging'))?.status).toBe('Undecided');
  await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'enough');
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON).catch(() => undefined);
  await hours(world, 12);
  expect([(await waveNamed(world, 'staging'))?.status, versionOf(world, 'q')]).toEqual(['Completed', '1.37']);
});

test('the failure of a cluster whose wave was renamed still sets aside what shares its traits, and its stray counts once', async () => {
  const S = at('staging', { failureBudget: { maxFailures: 1 } });
  const world = await failed(S, ['s', 't']);
  await apply(world, D, S, at('prod'));
  await hours(world, 0.5);
  const first = await waveNamed(world, 'staging');
  await apply(world, D, { ...S, name: 'stage2' }, at('prod'));
  await hours(world, 0.5);
  const second = await waveNamed(world, 'stage2');
  await apply(world, D, X, S, at('prod'));
  await hours(world, 0.5);
  const back = await waveNamed(world, 'x');
  const after = await waveNamed(world, 'staging');
  expect([
    [first?.failed, first?.strays],
    [second?.failed, second?.strays],
    [back?.failed, back?.strays],
    [after?.failed, after?.strays],
  ]).toEqual([
    [1, 1],
    [1, 1],
    [1, undefined],
    [0, undefined],
  ]);
});
