import type { ClusterSpecification } from '../../simulator/eks/add-cluster.ts';
import type { ClusterRecord } from '../../simulator/eks/state/fake-eks-state.ts';
import {
  daysAgo,
  inUse,
  invalidParameter,
  invalidRequest,
  invalidState,
  oneRule,
  onlyUpdate,
  type Refusal,
  shop,
  type World,
} from './refusal.ts';

const operation = 'UpdateClusterVersion' as const;
const rollback = { name: 'shop', version: '1.34' };
const subject = { clusterName: 'shop' };
const because = (reason: string) => ({
  ...invalidRequest,
  message: new RegExp(`cannot be rolled back from .*: ${reason}$`),
});

/** `shop` came to its version yesterday, and nothing of it is in the way of going back. */
const upgraded = (
  specification: Partial<ClusterSpecification> = {},
  prepare?: (world: World, cluster: ClusterRecord) => void,
) => shop({ upgradedAt: daysAgo(1), addons: {}, ...specification }, prepare);

/** On Auto Mode the nodes go back first, while the cluster is ACTIVE. */
const nodesGoBack = upgraded({ autoModeNodes: 2 }, (world) => {
  world.call(operation, { ...rollback, force: true });
  world.pass(4);
});

export const rollbackRefusals: readonly Refusal[] = [
  {
    name: 'a rollback of two minors',
    source: '§3.2 (3)',
    world: upgraded(),
    operation,
    input: { name: 'shop', version: '1.33' },
    ...invalidParameter,
    message: /^Unsupported Kubernetes minor version update from 1\.35 to 1\.33$/,
    alike: true,
  },
  {
    name: 'a rollback of a cluster that was created at its version',
    source: '§3.2 (2)',
    world: shop(),
    operation,
    input: rollback,
    ...because('it did not reach its current version by an upgrade'),
    subject,
  },
  ...oneRule(
    {
      name: 'a rollback 7 days after the upgrade',
      source: '§3.2 (1)',
      world: upgraded({ upgradedAt: daysAgo(7) }),
      operation,
      input: rollback,
      ...because('more than 7 days have passed since the upgrade completed'),
    },
    {
      name: 'a rollback 7 days after the upgrade, by force',
      source: '§3.2 (1), §3.3',
      world: upgraded({ upgradedAt: daysAgo(7) }),
      operation,
      input: { ...rollback, force: true },
      ...because('more than 7 days have passed since the upgrade completed'),
    },
  ),
  {
    name: 'a rollback after a rollback',
    source: '§3.2 (3)',
    world: upgraded({}, (world) => {
      world.call(operation, rollback);
      world.settle();
    }),
    operation,
    input: { name: 'shop', version: '1.33' },
    ...because('it did not reach its current version by an upgrade'),
  },
  {
    name: 'a rollback to a version out of support',
    source: '§3.2 (4)',
    world: upgraded({ version: '1.31' }),
    operation,
    input: { name: 'shop', version: '1.30' },
    ...because('1.30 is no longer supported'),
  },
  {
    name: 'a rollback into extended support under policy STANDARD',
    source: '§1.3, §3.2 (5)',
    world: upgraded({ version: '1.34', supportType: 'STANDARD' }),
    operation,
    input: { name: 'shop', version: '1.33' },
    ...because('1.33 is in extended support and the upgrade policy of the cluster is STANDARD'),
  },
  {
    name: 'a rollback of what AWS upgraded at the end of extended support',
    source: '§1.3, §3.2 (6)',
    world: upgraded({}, (_, cluster) => {
      Object.assign(cluster.versions.at(-1) ?? {}, { how: 'auto-upgrade-extended' });
    }),
    operation,
    input: rollback,
    ...because('it was upgraded automatically at the end of extended support'),
  },
  ...oneRule(
    {
      name: 'a rollback while a node group is updated',
      source: '§3.2 (7)',
      world: upgraded({ nodegroups: [{ name: 'workers', version: '1.34' }] }, (world) =>
        world.call('UpdateNodegroupVersion', { clusterName: 'shop', nodegroupName: 'workers', version: '1.35' }),
      ),
      operation,
      input: { ...rollback, force: true },
      ...inUse,
      message: /^Cannot VersionRollback because node group workers currently has update [0-9a-f-]{36} in progress$/,
    },
    {
      name: 'a rollback while an add-on is updated',
      source: '§3.2 (7)',
      world: upgraded({ addons: { coredns: 'v1.12.4-eksbuild.10' } }, (world) =>
        world.call('UpdateAddon', { clusterName: 'shop', addonName: 'coredns', addonVersion: 'v1.13.2-eksbuild.6' }),
      ),
      operation,
      input: rollback,
      ...inUse,
      message: /^Cannot VersionRollback because add-on coredns currently has update/,
    },
  ),
  {
    name: 'a rollback while the upgrade policy changes',
    source: '§3.2 (7)',
    world: upgraded({}, (world) =>
      world.call('UpdateClusterConfig', { name: 'shop', upgradePolicy: { supportType: 'STANDARD' } }),
    ),
    operation,
    input: rollback,
    ...inUse,
    message: /^Cannot VersionRollback because cluster shop currently has update/,
    subject,
    alike: true,
  },
  ...oneRule(
    ...[false, true].map((force) => ({
      name: `a rollback below a feature that is enabled${force ? ', by force' : ''}`,
      source: '§3.2 (8), §2.2',
      world: upgraded({}, (_, cluster) => {
        cluster.enabledFeatures = [{ name: 'provisioned control plane', since: '1.35' }];
      }),
      operation,
      input: { ...rollback, force },
      ...because('1.34 does not support provisioned control plane, which is enabled'),
    })),
  ),
  {
    name: 'a rollback while nodes are at the newer version',
    source: '§3.3',
    world: upgraded({ nodegroups: [{ name: 'workers' }] }),
    operation,
    input: rollback,
    ...invalidState,
    message: /^Rollback readiness issues detected: .*Kubelet version rollback compatibility \(ERROR\)/,
    subject,
  },
  {
    name: 'a rollback whose insights have turned red since they were last refreshed',
    source: '§3.3',
    world: upgraded({}, (world, cluster) => {
      world.call('ListInsights', { clusterName: 'shop' });
      cluster.insights.newerObjects.push({ uri: '/apis/networking.k8s.io/v1/servicecidrs/kubernetes', since: '1.35' });
    }),
    operation,
    input: rollback,
    ...invalidState,
    message: /API usage rollback compatibility \(ERROR\)/,
    alike: true,
  },
  {
    name: 'a rollback when EKS could not evaluate its insights',
    source: '§3.3, §4.3',
    world: upgraded({}, (_, cluster) => {
      cluster.insights.unavailable = true;
    }),
    operation,
    input: rollback,
    ...invalidState,
    message: /\(UNKNOWN\)/,
  },
  {
    name: 'a second rollback while Auto Mode nodes go back and the cluster is ACTIVE',
    source: '§3.5',
    world: nodesGoBack,
    operation,
    input: rollback,
    ...inUse,
    message: /^Cannot VersionRollback because cluster shop currently has update/,
  },
  {
    name: 'a change of the upgrade policy while Auto Mode nodes go back',
    source: '§3.5',
    world: nodesGoBack,
    operation: 'UpdateClusterConfig',
    input: { name: 'shop', upgradePolicy: { supportType: 'STANDARD' } },
    ...inUse,
    message: /^Cannot UpgradePolicyUpdate because cluster shop currently has update/,
    alike: true,
  },
  {
    name: 'the id of a rollback as the id of a node group’s update',
    source: '§2.4',
    world: upgraded({ autoModeNodes: 2, nodegroups: [{ name: 'workers', version: '1.34' }] }, (world) =>
      world.call(operation, { ...rollback, force: true }),
    ),
    operation: 'DescribeUpdate',
    input: (world) => ({ name: 'shop', nodegroupName: 'workers', updateId: onlyUpdate(world) }),
    error: 'ResourceNotFoundException',
    status: 404,
    message: /^No update found for ID: [0-9a-f-]{36}$/,
    alike: true,
  },
];
