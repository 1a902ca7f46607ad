import { retryCluster } from '../../core/operations/hold-switch.ts';
import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { intentsOf } from '../../core/protocol/intent-store.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { FakeKubernetes } from '../../simulator/kubernetes/fake-kubernetes.ts';
import { createInMemoryClusterReader } from '../../simulator/kubernetes/in-memory-cluster-readers.ts';
import type { World } from '../../simulator/process/world.ts';
import {
  beforeCommit,
  beginByHand,
  clusterArn,
  hours,
  memberOf,
  minutes,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  run,
  smallFleet,
  upgradesOf,
} from './small-fleet.ts';

const api = { namespace: 'shop', name: 'api', labels: { app: 'api' }, image: 'registry.example/api:1' };
const strict = { namespace: 'shop', name: 'strict', matchLabels: { app: 'api' }, minAvailable: 3 };
const web = {
  ...{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 2 }] },
  workloads: [{ ...api, kind: 'Deployment' as const, replicas: 4 }],
  podDisruptionBudgets: [strict],
};

/** A scan would foresee a budget without room: somebody tightens it when the control plane is about to move. */
const fleet = (podEvictionFailure?: object, cluster: object = web) =>
  smallFleet({
    clusters: [{ ...web, ...cluster }],
    policy: podEvictionFailure === undefined ? {} : { nodes: { podEvictionFailure } },
    faults: [beforeCommit((world) => changeBudget(world, 4))],
  });
const rolls = (world: World) =>
  mutationsOf(world).flatMap(({ operation, at }) => (operation === 'UpdateNodegroupVersion' ? [at] : []));
const versions = (world: World) =>
  Object.values(world.eks.state.clusters).flatMap(({ kubernetes }) =>
    kubernetes.nodes.map(({ kubeletVersion }) => kubeletVersion.slice(1, 5)),
  );

/** As `kubectl patch pdb` does. */
async function changeBudget(world: World, minAvailable: number): Promise<void> {
  const [{ arn } = { arn: '' }] = Object.values(world.eks.state.clusters);
  const fake = new FakeKubernetes(world.eks);
  const calls = createInMemoryClusterReader({ fake, clusterArn: arn, principal: PERSON, clock: world.clock });
  const path = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/strict';
  const contentType = 'application/merge-patch+json';
  const { status } = await calls.change({ method: 'PATCH', path, contentType, body: { spec: { minAvailable } } });
  expect(status).toBe(200);
}

test('without a word of the policy a roll whose pods stay fails at once, and holds the cluster', async () => {
  const world = await fleet();
  await run(world);
  expect([rolls(world).length, (await memberOf(world, 'web')).status]).toEqual([1, 'Failed']);
  const { held, when, stoppedBy, readiness } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect(held?.reason.code).toBe('PodEvictionFailure');
  expect(when.condition).toBe('Somebody removes the cause and runs: liftlock retry cluster web (or release).');
  expect(stoppedBy[0]?.fix).toMatch(
    / Run: kubectl -n shop patch pdb strict --type merge -p '\{"spec":\{"minAvailable":null,"maxUnavailable":1\}\}'$/,
  );
  expect([readiness.verdict, readiness.reasons[0]]).toEqual([
    'blocked',
    {
      code: 'Held',
      message: expect.stringMatching(/max retries .* What goes on with it: liftlock explain cluster web$/),
    },
  ]);
  const input = { cluster: clusterArn('web'), targetVersion: '1.37' };
  await beginByHand(world, 'scan-cluster', input);
  await hours(world, 0.2);
  const scanned = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect(scanned.stoppedBy[0]?.fix).toMatch(
    /^PodDisruptionBudget shop\/strict never lets a pod .* kubectl -n shop patch pdb strict /,
  );
});

test('it is tried again after the pause, and goes on from where it was once somebody gives the budget room', async () => {
  const world = await fleet({ retries: 3, pause: '45m' });
  await hours(world, 1);
  const member = await memberOf(world, 'web');
  expect(member).toMatchObject({ status: 'Parked', inFlight: true });
  const { state, reasons } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect([state, reasons.map(({ code }) => code).slice(0, 2)]).toEqual([
    'Parked',
    ['EvictionRetried', 'PodEvictionFailure'],
  ]);
  expect(reasons[0]?.message).toMatch(
    /^Pods stayed on nodes of workers; it is rolled again from \S+ on \(1 of 3\)\. Budgets without room: liftlock scan cluster web --target 1\.37 names them\.$/,
  );
  const input = { cluster: clusterArn('web'), targetVersion: '1.37' };
  const { executionArn } = await beginByHand(world, 'scan-cluster', input);
  await hours(world, 0.2);
  expect((await world.runner.describeExecution(executionArn)).cause).toContain('shop/strict');
  await changeBudget(world, 3);
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  expect(new Set(versions(world))).toEqual(new Set(['1.37']));
  const [first = 0, second = 0] = rolls(world);
  expect(rolls(world)).toHaveLength(2);
  expect((second - first) / 60_000).toBeGreaterThan(45);
});

test('of several groups whose pods stayed each has its pause, and the others are rolled meanwhile', async () => {
  const nodegroups = ['a', 'b', 'c'].map((name) => ({ name, nodes: 2 }));
  const world = await fleet({ retries: 3, pause: '10h' }, { nodegroups });
  await hours(world, 5);
  const member = await memberOf(world, 'web');
  const retried = member.reasons.filter(({ code }) => code === 'EvictionRetried');
  expect(member).toMatchObject({ status: 'Parked', inFlight: true });
  expect(retried.length).toBeGreaterThan(1);
  expect(retried.at(-1)?.message).toContain(member.resumeAt);
  await changeBudget(world, 3);
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  expect(new Set(versions(world))).toEqual(new Set(['1.37']));
});

test('the pause between groups is kept also after a roll that ended because pods stayed', async () => {
  const nodegroups = ['a', 'b', 'c'].map((name) => ({ name, nodes: 2 }));
  const world = await smallFleet({
    clusters: [{ ...web, nodegroups }],
    policy: {
      disruption: { maxUnavailable: 1, pause: '15m' },
      nodes: { podEvictionFailure: { retries: 3, pause: '30m' } },
    },
    faults: [beforeCommit((world) => changeBudget(world, 4))],
  });
  await hours(world, 3);
  const tried = mutationsOf(world).filter(({ operation }) => operation === 'UpdateNodegroupVersion');
  expect(new Set(tried.map(({ request }) => request.nodegroupName))).toEqual(new Set(['a', 'b', 'c']));
  await changeBudget(world, 3);
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  const intents = (await intentsOf(world.table, (await recordOf(world, 'web')).clusterKey, 'roll-node-group'))
    .map(({ data }) => data)
    .sort((one, other) => one.committedAt.localeCompare(other.committedAt));
  const ends = intents.map(({ outcome }) => Date.parse((outcome?.type === 'accepted' && outcome.observed?.at) || ''));
  const gaps = intents
    .slice(1)
    .flatMap(({ subject, committedAt }, index) =>
      subject === intents[index]?.subject ? [] : [(Date.parse(committedAt) - (ends[index] ?? 0)) / 60_000],
    );
  expect(new Set(intents.map(({ subject }) => subject))).toEqual(new Set(['a', 'b', 'c']));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(15);
});

test('no more often than the policy says, each with its pause; then it fails and holds the cluster', async () => {
  const world = await fleet({ retries: 2, pause: '30m' });
  await run(world);
  expect(rolls(world)).toHaveLength(3);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Failed' });
  const [upgrade] = await upgradesOf(world);
  expect(upgrade?.reasons[0]?.code).toBe('PodEvictionFailure');
  expect((await explainCluster(world.ports, await recordOf(world, 'web'))).held).not.toBeNull();
  expect(mutationsOf(world).every(({ request }) => request.force === undefined)).toBe(true);
  // Who has it tried again gives it as many tries anew.
  await retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
  await run(world);
  expect(rolls(world)).toHaveLength(6);
});

test('what ends a roll for another reason is not tried again', async () => {
  const world = await smallFleet({
    clusters: [web],
    policy: { nodes: { podEvictionFailure: { retries: 3 } } },
    prepare: (state) =>
      void state.plannedFailures.push({
        ...{ clusterName: 'web', type: 'VersionUpdate', nodegroupName: 'workers' },
        ...{ errorCode: 'NodeCreationFailure', errorMessage: 'no nodes' },
      }),
  });
  await run(world);
  expect([rolls(world).length, (await memberOf(world, 'web')).status]).toEqual([1, 'Failed']);
});

test('while its rollout is paused it is not tried again', async () => {
  const world = await fleet({ retries: 3, pause: '10m' });
  await hours(world, 1);
  const before = rolls(world).length;
  await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'not now');
  await minutes(world, 120);
  const while_ = rolls(world).length;
  expect(while_ - before).toBeLessThanOrEqual(1);
  await minutes(world, 120);
  expect(rolls(world)).toHaveLength(while_);
  await changeBudget(world, 3);
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
});
