import { retryCluster } from '../../core/operations/hold-switch.ts';
import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import { onStep } from './on-step.ts';
import {
  memberOf,
  membersOf,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutsOf,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

const at = { account: '111111111111', region: 'eu-central-1' };
const HOUR = 3_600_000;
const named = (names: readonly string[], version = '1.36') =>
  names.map((name) => ({ name, version, nodegroups: [{ name: 'workers' }] }));
const onlyCluster = (state: FakeEksState) => {
  const [cluster] = Object.values(state.clusters);
  if (cluster === undefined) throw new Error('there is no cluster');
  return cluster;
};
/** A roll whose drain a PodDisruptionBudget blocks, once. */
const stuckDrain = {
  clusterName: 'web',
  nodegroupName: 'workers',
  type: 'VersionUpdate',
  errorCode: 'PodEvictionFailure',
  errorMessage: 'no',
} as const;

describe('what failed half-way', () => {
  test('is taken up again at the hop that failed, nodes first', async () => {
    const world = await smallFleet({
      clusters: named(['web'], '1.35'),
      prepare: (state) => void state.plannedFailures.push(stuckDrain),
    });
    await run(world);
    await retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
    await run(world);
    const versions = mutationsOf(world)
      .filter((mutation) => mutation.operation !== 'UpdateAddon')
      .map((mutation) => `${mutation.operation} ${String(mutation.request.version)}`);
    expect(versions).toEqual([
      'UpdateClusterVersion 1.36',
      'UpdateNodegroupVersion 1.36',
      'UpdateNodegroupVersion 1.36',
      'UpdateClusterVersion 1.37',
      'UpdateNodegroupVersion 1.37',
    ]);
    expect((await upgradesOf(world)).map((upgrade) => [upgrade.id, upgrade.status])).toEqual([
      ['1.35-1.36', 'Succeeded'],
      ['1.36-1.37', 'Succeeded'],
    ]);
  });

  test('failed by DescribeUpdate is failed, though DescribeNodegroup already tells the new version', async () => {
    const world = await smallFleet({ clusters: named(['web']) });
    const errors = [{ errorCode: 'PodEvictionFailure', errorMessage: 'no', resourceIds: [] }] as const;
    onStep(world, 'roll-node-group/workers', 'running', 'web', () => {
      const cluster = onlyCluster(world.eks.state);
      const update = cluster.updates.find((one) => one.nodegroupName === 'workers' && one.status === 'InProgress');
      if (update === undefined) throw new Error('nothing rolls');
      Object.assign(update, { status: 'Failed', endedAt: world.clock.now().getTime(), errors: [...errors] });
      for (const group of cluster.nodegroups) Object.assign(group, { status: 'ACTIVE', version: '1.37' });
    });
    await run(world);
    const member = await memberOf(world, 'web');
    expect([member.status, member.reasons.map((reason) => reason.code)]).toEqual([
      'Failed',
      ['PodEvictionFailure', 'PodsStayed'],
    ]);
  });

  test('the seven days of a rollback count from the change, not from the retry', async () => {
    const world = await smallFleet({
      clusters: named(['web']),
      prepare: (state) => void state.plannedFailures.push(stuckDrain),
    });
    await run(world);
    const [first] = await upgradesOf(world);
    const control = onlyCluster(world.eks.state).updates.find((update) => update.nodegroupName === undefined);
    expect(Date.parse(first?.controlPlaneCompletedAt ?? '')).toBeGreaterThanOrEqual(control?.endedAt ?? Number.NaN);
    const { clusterKey } = await recordOf(world, 'web');
    const { kubernetes } = onlyCluster(world.eks.state);
    kubernetes.failedReadyChecks = ['etcd'];
    await retryCluster(world.ports, clusterKey, PERSON);
    await run(world);
    expect((await upgradesOf(world))[0]).toMatchObject({
      reasons: expect.arrayContaining([expect.objectContaining({ code: 'ApiServerNotReady' })]),
      controlPlaneCompletedAt: first?.controlPlaneCompletedAt,
    });
    kubernetes.failedReadyChecks = [];
    await retryCluster(world.ports, clusterKey, PERSON);
    await run(world);
    const [again] = await upgradesOf(world);
    expect(again).toMatchObject({
      status: 'Succeeded',
      controlPlaneCompletedAt: first?.controlPlaneCompletedAt,
    });
  });

  test('is judged against the baseline from before the first change, however often it is retried', async () => {
    const workload = {
      kind: 'Deployment' as const,
      namespace: 'shop',
      name: 'api',
      replicas: 2,
      labels: { app: 'api' },
      image: 'api:1',
      crashesFromKubelet: '1.37',
    };
    const world = await smallFleet({
      clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], workloads: [workload] }],
    });
    await run(world);
    await retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
    await run(world);
    expect(await memberOf(world, 'web')).toMatchObject({ status: 'Failed', reasons: [{ code: 'MoreUnhealthyPods' }] });
  });
});

describe('a cluster that goes', () => {
  test('in the middle of its upgrade is Canceled and no failure', async () => {
    const world = await smallFleet({ clusters: named(['a', 'b']) });
    onStep(world, 'upgrade-control-plane', 'done', 'a', () =>
      world.eks.addActor({ ...at, at: world.clock.now().getTime() + 1, do: 'delete-cluster', cluster: 'a' }),
    );
    await run(world);
    expect(await memberOf(world, 'a')).toMatchObject({ status: 'Excluded', reasons: [{ code: 'Gone' }] });
    expect((await rolloutsOf(world))[0]?.status).toBe('Completed');
  });

  test('between two hops gives its place back', async () => {
    const world = await smallFleet({ clusters: named(['a', 'b'], '1.35') });
    onStep(world, 'smoke-check', 'done', 'a', async () => {
      const id = (await rolloutsOf(world))[0]?.id ?? '';
      await pauseRollout(world.ports, id, PERSON, 'test');
      const now = world.clock.now().getTime();
      world.eks.addActor({ ...at, at: now + HOUR, do: 'delete-cluster', cluster: 'a' });
      world.clock.schedule(new Date(now + 5 * HOUR), async () => void (await resumeRollout(world.ports, id, PERSON)));
    });
    await run(world);
    await run(world);
    expect((await wavesOf(world))[0]).toMatchObject({ status: 'Completed', inFlight: 0, excluded: 1 });
  });

  test('with a call under way lets go of its grant and of the caps', async () => {
    const world = await smallFleet({
      clusters: named(['a', 'b']),
      caps: { total: 1 },
      faults: [
        {
          when: 'after',
          operation: 'call',
          function: 'upgrade-control-plane',
          effect: {
            kind: 'act',
            act: async (inner) =>
              inner.eks.addActor({ ...at, at: inner.clock.now().getTime() + 1, do: 'delete-cluster', cluster: 'a' }),
          },
        },
        { when: 'before', operation: 'outcome', function: 'upgrade-control-plane', effect: { kind: 'crash' } },
      ],
    });
    await run(world);
    expect(versionOf(world, 'b')).toBe('1.37');
  });
});

describe('an upgrade that was begun', () => {
  test('is not failed by a permission that is missing for some minutes', async () => {
    const world = await smallFleet({
      clusters: named(['a', 'b']),
      policy: { waves: [{ name: 'all', maxConcurrency: 1 }] },
    });
    onStep(world, 'roll-node-group/workers', 'running', 'a', () => {
      world.eks.state.deniedAccounts.push('111111111111');
      world.clock.schedule(
        new Date(world.clock.now().getTime() + 180_000),
        () => void world.eks.state.deniedAccounts.splice(0),
      );
    });
    await run(world);
    expect((await membersOf(world)).map((member) => member.status)).toEqual(['Succeeded', 'Succeeded']);
  });

  test('keeps the reason of a fault that retries did not cure', async () => {
    const world = await smallFleet({
      clusters: named(['a']),
      faults: [
        {
          when: 'before',
          operation: 'commit',
          function: 'roll-node-group',
          times: 100,
          effect: { kind: 'error', name: 'SomethingBroke' },
        },
      ],
    });
    await run(world);
    expect(await memberOf(world, 'a')).toMatchObject({ status: 'Failed', reasons: [{ code: 'SomethingBroke' }] });
  });
});

describe('a cluster with very many objects', () => {
  test('is upgraded although 1,500 nodes belong to nobody that Liftlock rolls', async () => {
    const world = await smallFleet({
      clusters: named(['a']),
      prepare: (state) => {
        for (let index = 0; index < 1_500; index += 1) {
          onlyCluster(state).kubernetes.nodes.push({
            name: `ip-10-0-${index >> 8}-${index & 255}.eu-central-1.compute.internal`,
            labels: { 'karpenter.sh/nodepool': 'default' },
            kubeletVersion: 'v1.36.2-eks-3cfe0ce',
            readyAt: 0,
            unschedulable: false,
          });
        }
      },
    });
    await run(world);
    expect(await memberOf(world, 'a')).toMatchObject({
      status: 'Succeeded',
      reasons: [
        { code: 'ManualNodes', message: expect.stringMatching(/: 1\d{3} Karpenter nodes of default/) as string },
        { code: 'OldKubelet', message: expect.stringMatching(/^1\d{3} nodes/) as string },
        { code: 'Looked' },
      ],
    });
    expect(Math.max(...world.table.auditTimeline().map((item) => JSON.stringify(item).length))).toBeLessThan(60_000);
  });

  test('is upgraded although 9,000 pods were pending before', async () => {
    const world = await smallFleet({
      clusters: named(['a']),
      prepare: (state) => {
        for (let index = 0; index < 9_000; index += 1)
          onlyCluster(state).kubernetes.pods.push({
            namespace: 'batch',
            name: `nightly-${index}`,
            labels: {},
            images: ['x'],
            readyAt: 0,
          });
      },
    });
    await run(world);
    expect((await memberOf(world, 'a')).status).toBe('Succeeded');
  });
});
