import { lagCode } from '../../core/model/lag.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { World } from '../../simulator/process/world.ts';
import {
  clusterArn,
  discover,
  memberOf,
  mutationsOf,
  PERSON,
  recordOf,
  run,
  smallFleet,
  startByHand,
} from './small-fleet.ts';

/** A roll that somebody has begun and EKS has not finished: two of four nodes are new, and the group is not well. */
const halfRolled =
  (to: string, version: string) =>
  (state: FakeEksState): void => {
    const [cluster] = Object.values(state.clusters);
    const [group] = cluster?.nodegroups ?? [];
    if (cluster === undefined || group === undefined) throw new Error('there is no group');
    for (const node of cluster.kubernetes.nodes.slice(0, 2)) {
      node.kubeletVersion = node.kubeletVersion.replace(group.version, to);
      node.labels['eks.amazonaws.com/nodegroup-image'] = 'ami-new';
    }
    Object.assign(group, { status: 'DEGRADED', version });
    group.healthIssues = [{ code: 'AsgInstanceLaunchFailures', message: 'no capacity', resourceIds: [] }];
  };
const seen = (world: World) => {
  const [cluster] = Object.values(world.eks.state.clusters);
  const [group] = cluster?.nodegroups ?? [];
  const kubelets = cluster?.kubernetes.nodes.map(({ kubeletVersion }) => kubeletVersion.slice(1, 5));
  return { status: group?.status, version: group?.version, kubelets };
};
const rolls = (world: World) => mutationsOf(world).filter(({ operation }) => operation === 'UpdateNodegroupVersion');
const WHOLE = { status: 'ACTIVE', version: '1.37', kubelets: ['1.37', '1.37', '1.37', '1.37'] };
const clusterOf = (version: string, group: string) => ({
  ...{ name: 'web', version },
  nodegroups: [{ name: 'workers', nodes: 4, version: group }],
});

test('a group that is half-rolled and DEGRADED before a hop is finished by the roll of the hop', async () => {
  const world = await smallFleet({ clusters: [clusterOf('1.36', '1.35')], prepare: halfRolled('1.36', '1.35') });
  expect(seen(world).kubelets).toEqual(['1.36', '1.36', '1.35', '1.35']);
  await run(world);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
  expect(seen(world)).toEqual(WHOLE);
});

test('one that was left so behind a control plane at its target is finished by the next rollout that finishes', async () => {
  const world = await smallFleet({
    clusters: [clusterOf('1.37', '1.36')],
    policy: { finish: 'always' },
    prepare: halfRolled('1.37', '1.36'),
  });
  await run(world);
  expect(seen(world)).toEqual(WHOLE);
  expect(rolls(world)).toHaveLength(1);
  expect(lagCode(await recordOf(world, 'web'), undefined)).toBeUndefined();
});

test('one of which EKS says that it is there already, and that is DEGRADED, is rolled again by whoever rolls it', async () => {
  const world = await smallFleet({
    clusters: [clusterOf('1.37', '1.36')],
    policy: { trigger: 'manual' },
    prepare: halfRolled('1.37', '1.37'),
  });
  await discover(world);
  await startByHand(world, 'roll-node-group', {
    cluster: clusterArn('web'),
    targetVersion: '1.37',
    nodegroup: 'workers',
  });
  expect(seen(world)).toEqual(WHOLE);
});

test.each(['PodEvictionFailure', 'NodeCreationFailure'] as const)(
  'one that EKS leaves so in the middle of an upgrade (%s) is finished by a retry',
  async (errorCode) => {
    const world = await smallFleet({
      clusters: [clusterOf('1.36', '1.36')],
      prepare: (state) =>
        void state.plannedFailures.push({
          ...{
            clusterName: 'web',
            nodegroupName: 'workers',
            type: 'VersionUpdate',
            errorCode,
            errorMessage: 'because',
          },
        }),
    });
    await run(world);
    expect((await memberOf(world, 'web')).status).toBe('Failed');
    expect(seen(world).status).toBe(errorCode === 'NodeCreationFailure' ? 'DEGRADED' : 'ACTIVE');
    await retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
    await run(world);
    expect((await memberOf(world, 'web')).status).toBe('Succeeded');
    expect(new Set(seen(world).kubelets)).toEqual(new Set(['1.37']));
    expect([seen(world).status, rolls(world).length]).toEqual(['ACTIVE', 2]);
  },
);
