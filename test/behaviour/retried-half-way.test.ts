import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/request-upgrade.ts';
import { abortRollout, pauseRollout } from '../../core/operations/rollout-switch.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import { ANA, applySpec, at, groupsOf, keyOf, lookAround, spec } from './changed-policy.ts';
import { hours, memberOf, PERSON, recordOf, rolloutIdOf, smallFleet, versionOf } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

// A retry lets the upgrade that failed half-way be tried again; no other hop begins over it (docs/semantics.md, Windows, bakes and estimates).
async function retriedAndTakenOut() {
  const world = await smallFleet({
    clusters: [
      ...staged('dev', ['d'], '1.35'),
      { name: 'p', version: '1.35', tags: { stage: 'dev' }, nodegroups: [{ name: 'one' }, { name: 'two' }] },
    ],
    policy: { ...spec(at('dev', { maxConcurrency: 2, failureBudget: { maxFailures: 1 } })), target: '1.36' },
    prepare: (state) =>
      void state.plannedFailures.push({
        clusterName: 'p',
        nodegroupName: 'one',
        type: 'VersionUpdate',
        errorCode: 'NodeCreationFailure',
        errorMessage: 'no nodes',
      }),
  });
  await hours(world, 4);
  expect([(await memberOf(world, 'p')).status, versionOf(world, 'p'), groupsOf(world, 'p')]).toEqual([
    'Failed',
    '1.36',
    ['1.35', '1.35'],
  ]);
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  for (const one of Object.values(world.eks.state.clusters)) if (one.name === 'p') one.tags['liftlock/paused'] = 'true';
  await recordCluster(world.ports, { account: '111111111111', region: 'eu-central-1', name: 'p', depth: 'shallow' });
  await hours(world, 1);
  expect((await memberOf(world, 'p')).status).toBe('Failed');
  for (const one of Object.values(world.eks.state.clusters)) if (one.name === 'p') delete one.tags['liftlock/paused'];
  await lookAround(world);
  return world;
}

const nodesFail = (state: FakeEksState): void =>
  void state.plannedFailures.push({
    clusterName: 'p',
    nodegroupName: 'one',
    type: 'VersionUpdate',
    errorCode: 'NodeCreationFailure',
    errorMessage: 'no nodes',
  });

async function failedHalfWay() {
  const world = await smallFleet({
    clusters: [{ name: 'p', version: '1.35', tags: { stage: 'dev' }, nodegroups: [{ name: 'one' }, { name: 'two' }] }],
    policy: { ...spec(at('dev')), target: '1.36' },
    prepare: nodesFail,
  });
  await hours(world, 4);
  expect([(await memberOf(world, 'p')).status, versionOf(world, 'p'), groupsOf(world, 'p')]).toEqual([
    'Failed',
    '1.36',
    ['1.35', '1.35'],
  ]);
  return world;
}

test('the next hop does not begin while the failed hop before it waits for its retry', async () => {
  const world = await failedHalfWay();
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'x');
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', ANA, { approve: true }).catch(
    (error: Error) => error.message,
  );
  await hours(world, 3);
  expect(versionOf(world, 'p')).toBe('1.36');
});

test('nor does it begin by hand after a retry that failed again untried', async () => {
  const world = await retriedAndTakenOut();
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, {
    approve: true,
  }).catch((error: Error) => error.message);
  await hours(world, 3);
  expect(versionOf(world, 'p')).toBe('1.36');
});

test('nor does it begin by itself, when the policy goes on to the next minor', async () => {
  const world = await retriedAndTakenOut();
  await applySpec(world, {
    ...spec(at('dev', { maxConcurrency: 2, failureBudget: { maxFailures: 1 } })),
    target: '1.37',
  });
  await hours(world, 6);
  expect(versionOf(world, 'p')).toBe('1.36');
});

test('nor does it begin by itself, when the retry was given up by an abort of its rollout', async () => {
  const world = await failedHalfWay();
  await stopFleet(world.ports, PERSON, 'x');
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'given up');
  await hours(world, 1);
  await resumeFleet(world.ports, PERSON);
  await applySpec(world, { ...spec(at('dev')), target: '1.37' });
  await hours(world, 4);
  expect(versionOf(world, 'p')).toBe('1.36');
});

test('a retry that came to nothing is told as held, and a release lets the next hop begin', async () => {
  const world = await retriedAndTakenOut();
  const explained = await explainCluster(world.ports, await recordOf(world, 'p'));
  expect([explained.state, explained.held?.reason.code]).toEqual(['Held', 'NodeCreationFailure']);
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 3);
  expect(versionOf(world, 'p')).toBe('1.37');
});

test('a retry that was released while it waits lets the next hop begin', async () => {
  const world = await failedHalfWay();
  await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'x').catch(() => undefined);
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await expect(releaseCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow('is not held');
});

test('once the retry has succeeded the next hop begins without a word', async () => {
  const world = await failedHalfWay();
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await hours(world, 3);
  expect([groupsOf(world, 'p'), (await memberOf(world, 'p')).status]).toEqual([['1.36', '1.36'], 'Succeeded']);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 3);
  expect(versionOf(world, 'p')).toBe('1.37');
});
