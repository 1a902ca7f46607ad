import { refusal, testDay, testWorld } from '../../test/material/eks/world.ts';
import { addCluster, type ClusterSpecification } from './add-cluster.ts';
import type { OperationName } from './operations/catalog.ts';
import type { ClusterRecord } from './state/fake-eks-state.ts';

type World = ReturnType<typeof testWorld>;

/** `shop` with one node group of 2 nodes (at least 1, at most 4), a minute before its upgrade can no longer be rolled back. */
function shop(specification: Partial<ClusterSpecification>, prepare: (world: World, cluster: ClusterRecord) => void) {
  const upgradedAt = new Date(testDay.getTime() - 7 * 86_400_000 + 60_000);
  const added: ClusterRecord[] = [];
  const world = testWorld((state) => {
    added.push(
      addCluster(state, {
        name: 'shop',
        version: '1.35',
        upgradedAt,
        nodegroups: [{ name: 'workers', version: '1.34' }],
        addons: { coredns: 'v1.12.4-eksbuild.10', 'vpc-cni': 'v1.21.1-eksbuild.3' },
        ...specification,
      }),
    );
  });
  for (const cluster of added) prepare(world, cluster);
  return world;
}

const upgrade = { name: 'shop', version: '1.36' };
const rollback = { name: 'shop', version: '1.34' };
const group = { clusterName: 'shop', nodegroupName: 'workers' };
const vpcCni = { clusterName: 'shop', addonName: 'vpc-cni' };
const creation = { name: 'new', roleArn: 'arn:aws:iam::111111111111:role/new' };
const resourceArn = 'arn:aws:eks:eu-central-1:111111111111:cluster/shop';
const nothing = () => {};
const times = (count: number) => Array.from({ length: count }, (_, index) => String(index));

/** The opposite of the table of refusals (simulator/cloud/eks/refusals): one step less, and EKS accepts it. */
test.each<
  [string, OperationName, object, (world: World, cluster: ClusterRecord) => void, Partial<ClusterSpecification>?]
>([
  ['a rollback a minute before 7 days have passed', 'UpdateClusterVersion', rollback, nothing],
  [
    'a rollback to the first minor with a feature',
    'UpdateClusterVersion',
    rollback,
    (_, cluster) => {
      cluster.enabledFeatures = [{ name: 'Auto Mode', since: '1.34' }];
    },
  ],
  [
    'a rollback within 120 minutes',
    'UpdateClusterVersion',
    { ...rollback, rollbackConfig: { timeoutMinutes: 120 } },
    nothing,
  ],
  [
    'a rollback within 7 days',
    'UpdateClusterVersion',
    { ...rollback, rollbackConfig: { timeoutMinutes: 10_080 } },
    nothing,
  ],
  ['a rollback with empty settings', 'UpdateClusterVersion', { ...rollback, rollbackConfig: {} }, nothing],
  [
    'a rollback into extended support under EXTENDED',
    'UpdateClusterVersion',
    { name: 'shop', version: '1.33' },
    nothing,
    { version: '1.34', nodegroups: [], addons: {} },
  ],
  [
    'a hop that leaves a node group three minors behind',
    'UpdateClusterVersion',
    upgrade,
    nothing,
    { nodegroups: [{ name: 'old', version: '1.33' }] },
  ],
  [
    'a red upgrade while nobody enforces insights',
    'UpdateClusterVersion',
    upgrade,
    nothing,
    { addons: { coredns: 'v1.11.4-eksbuild.33' } },
  ],
  [
    'a red upgrade by force when AWS enforces insights',
    'UpdateClusterVersion',
    { ...upgrade, force: true },
    ({ state }) => {
      state.enforcesUpgradeInsights = true;
    },
    { addons: { coredns: 'v1.11.4-eksbuild.33' } },
  ],
  [
    'a green upgrade when AWS enforces insights',
    'UpdateClusterVersion',
    upgrade,
    ({ state }) => {
      state.enforcesUpgradeInsights = true;
    },
    { addons: {} },
  ],
  [
    'an upgrade while a node group is updated',
    'UpdateClusterVersion',
    upgrade,
    (world) => {
      world.call('UpdateNodegroupVersion', { ...group, version: '1.35' });
    },
  ],
  [
    'a roll of a degraded node group',
    'UpdateNodegroupVersion',
    { ...group, version: '1.35' },
    (_, { nodegroups }) => {
      for (const each of nodegroups) each.status = 'DEGRADED';
    },
  ],
  [
    'a release of Amazon Linux',
    'UpdateNodegroupVersion',
    { ...group, version: '1.35', releaseVersion: '1.35.3-20261001' },
    nothing,
  ],
  [
    'Windows 2025 at 1.35',
    'UpdateNodegroupVersion',
    { ...group, version: '1.35' },
    (_, { nodegroups }) => {
      for (const each of nodegroups) each.amiType = 'WINDOWS_FULL_2025_x86_64';
    },
  ],
  [
    'Windows 2022 at 1.34',
    'UpdateNodegroupVersion',
    { ...group, version: '1.34' },
    (_, { nodegroups }) => {
      for (const each of nodegroups) each.amiType = 'WINDOWS_FULL_2022_x86_64';
    },
  ],
  [
    'as many unavailable as there can be nodes',
    'UpdateNodegroupConfig',
    { ...group, updateConfig: { maxUnavailable: 4 } },
    nothing,
  ],
  [
    '100 % unavailable',
    'UpdateNodegroupConfig',
    { ...group, updateConfig: { maxUnavailablePercentage: 100 } },
    nothing,
  ],
  ['450 nodes at most', 'UpdateNodegroupConfig', { ...group, scalingConfig: { maxSize: 450 } }, nothing],
  ['no nodes', 'UpdateNodegroupConfig', { ...group, scalingConfig: { minSize: 0, desiredSize: 0 } }, nothing],
  [
    'a label of 63 characters',
    'UpdateNodegroupConfig',
    { ...group, labels: { addOrUpdateLabels: { tier: 'x'.repeat(63) } } },
    nothing,
  ],
  ['one minor of vpc-cni up', 'UpdateAddon', { ...vpcCni, addonVersion: 'v1.22.2-eksbuild.1' }, nothing],
  ['one minor of vpc-cni down', 'UpdateAddon', { ...vpcCni, addonVersion: 'v1.20.4-eksbuild.2' }, nothing],
  [
    'another try of a failed add-on',
    'UpdateAddon',
    { clusterName: 'shop', addonName: 'coredns', addonVersion: 'v1.13.2-eksbuild.6' },
    (_, { addons }) => {
      for (const each of addons) each.status = 'UPDATE_FAILED';
    },
  ],
  ['pages of 1', 'ListClusters', { maxResults: 1 }, nothing],
  ['pages of 100', 'ListClusters', { maxResults: 100 }, nothing],
  [
    'a name of 100 characters',
    'CreateCluster',
    { ...creation, name: 'x'.repeat(100), resourcesVpcConfig: {} },
    nothing,
  ],
  [
    'a token of 33 characters',
    'CreateCluster',
    { ...creation, resourcesVpcConfig: {}, clientRequestToken: 't'.repeat(33) },
    nothing,
  ],
  [
    'four security groups and 40 ranges',
    'CreateCluster',
    { ...creation, resourcesVpcConfig: { securityGroupIds: times(4), publicAccessCidrs: times(40) } },
    nothing,
  ],
  [
    'the 50th tag, long as it is',
    'TagResource',
    { resourceArn, tags: { ['k'.repeat(128)]: 'x'.repeat(256) } },
    nothing,
    { tags: Object.fromEntries(times(49).map((key) => [key, ''])) },
  ],
  [
    'another value of one of 50 tags',
    'TagResource',
    { resourceArn, tags: { 7: 'seven' } },
    nothing,
    { tags: Object.fromEntries(times(50).map((key) => [key, ''])) },
  ],
])('%s is accepted', (_, operation, input, prepare, specification = {}) => {
  const world = shop(specification, prepare);
  expect(
    refusal(() =>
      world.fake.operation(
        operation,
        input,
        { account: '111111111111', region: 'eu-central-1', principal: 'arn:aws:iam::111111111111:user/me' },
        world.now(),
      ),
    ),
  ).toBe('none');
});

test('a cancellation that is asked for again with its token gives the same answer', () => {
  const world = shop({ autoModeNodes: 2 }, nothing);
  const { update } = world.call('UpdateClusterVersion', { ...rollback, force: true });
  world.pass(2);
  const cancel = { name: 'shop', updateId: update?.id ?? '', clientRequestToken: 'first' };
  expect(world.call('CancelUpdate', cancel).update).toEqual(world.call('CancelUpdate', cancel).update);
});

test('a creation that is asked for again with its token gives the same cluster', () => {
  const world = shop({}, nothing);
  const input = { ...creation, resourcesVpcConfig: {}, clientRequestToken: 't'.repeat(40) };
  expect(world.call('CreateCluster', input).cluster).toEqual(world.call('CreateCluster', { ...input }).cluster);
});

test('an update strategy is kept when the number of unavailable nodes changes', () => {
  const world = shop({}, nothing);
  for (const updateConfig of [{ maxUnavailable: 1, updateStrategy: 'MINIMAL' as const }, { maxUnavailable: 2 }]) {
    world.call('UpdateNodegroupConfig', { ...group, updateConfig });
    world.settle();
  }
  expect(world.call('DescribeNodegroup', group).nodegroup?.updateConfig).toEqual({
    maxUnavailable: 2,
    updateStrategy: 'MINIMAL',
  });
});
