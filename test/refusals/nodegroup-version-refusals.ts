import type { ClusterSpecification, NodegroupSpecification } from '../../simulator/eks/add-cluster.ts';
import {
  daysAgo,
  inUse,
  invalidParameter,
  invalidRequest,
  notFound,
  oneRule,
  type Refusal,
  shop,
  type World,
} from './refusal.ts';

const operation = 'UpdateNodegroupVersion' as const;
const group = { clusterName: 'shop', nodegroupName: 'workers' };
const roll = { ...group, version: '1.35' };
const template = { id: 'lt-1', version: '1' };
const custom = { amiType: 'CUSTOM', launchTemplate: template };
const wrongVersion = {
  ...invalidParameter,
  message:
    /^Nodegroup Kubernetes version should be equal to Cluster kubernetes version 1\.35 or NodeGroup kubernetes version 1\.3\d$/,
};
const busy = { ...inUse, message: /^Nodegroup cannot be updated as it is currently not in Active State$/ };

/** `shop` with the node group `workers`, one minor behind. */
const withWorkers = (
  nodegroup: Partial<NodegroupSpecification> = {},
  prepare?: (world: World) => void,
  cluster: Partial<ClusterSpecification> = {},
) => shop({ nodegroups: [{ name: 'workers', version: '1.34', ...nodegroup }], ...cluster }, prepare);

const versionRefusals: readonly Refusal[] = [
  ...oneRule(
    {
      name: 'a node group newer than its cluster',
      source: '§5.2; aws-controllers-k8s/community#2957',
      world: withWorkers(),
      operation,
      input: { ...group, version: '1.36' },
      ...wrongVersion,
      subject: group,
    },
    {
      name: 'a version between those of the node group and the cluster',
      source: '§5.2',
      world: withWorkers({ version: '1.33' }),
      operation,
      input: { ...group, version: '1.34' },
      ...wrongVersion,
    },
    {
      name: 'an older version of a node group outside a rollback',
      source: 'C1',
      world: withWorkers({ version: '1.35' }),
      operation,
      input: { ...group, version: '1.34' },
      ...wrongVersion,
    },
  ),
  ...oneRule(
    ...['newest', '1.35.3'].map((version) => ({
      name: `a node group at ${version}`,
      source: '§2.2',
      world: withWorkers(),
      operation,
      input: { ...group, version },
      ...invalidParameter,
      message: /^unsupported Kubernetes version$/,
    })),
  ),
  {
    name: 'Amazon Linux 2 beyond 1.32',
    source: '§5.3; scylladb/scylla-cluster-tests#12524',
    world: withWorkers({ amiType: 'AL2_x86_64', version: '1.32' }),
    operation,
    input: roll,
    ...invalidParameter,
    message: /^AMI Type AL2_x86_64 is only supported for kubernetes versions 1\.32 or earlier$/,
    subject: group,
  },
  {
    name: 'Windows 2025 before 1.35',
    source: '§5.3',
    world: withWorkers({ amiType: 'WINDOWS_CORE_2025_x86_64', version: '1.35' }, undefined, { upgradedAt: daysAgo(1) }),
    operation,
    input: { ...group, version: '1.34' },
    ...invalidParameter,
    message: /^AMI Type WINDOWS_CORE_2025_x86_64 is only supported for kubernetes versions 1\.35 or later$/,
  },
  ...oneRule(
    ...['1.34.4-20261112', '1.35.3', '1.35-newest'].map((releaseVersion) => ({
      name: `release ${releaseVersion} for 1.35`,
      source: '§5.2; eksctl-io/eksctl#7976',
      world: withWorkers(),
      operation,
      input: { ...roll, releaseVersion },
      ...invalidParameter,
      message: /^Requested release version \S+ is not valid for kubernetes version 1\.35\.$/,
    })),
  ),
];

const imageRefusals: readonly Refusal[] = [
  ...oneRule(
    {
      name: 'a release version for a custom AMI',
      source: '§5.2',
      world: withWorkers(custom),
      operation,
      input: { ...group, releaseVersion: '1.35.3-20261112', launchTemplate: { id: 'lt-1', version: '2' } },
      ...invalidParameter,
      message: /^You cannot specify the field releaseVersion when using custom AMIs\.$/,
    },
    {
      name: 'a version for a custom AMI',
      source: '§5.2; eksctl-io/eksctl#5999',
      world: withWorkers(custom),
      operation,
      input: { ...roll, launchTemplate: { id: 'lt-1', version: '2' } },
      ...invalidParameter,
      message: /^You cannot specify the field kubernetesVersion when using custom AMIs\.$/,
      subject: group,
    },
  ),
  {
    name: 'a custom AMI without a version of its launch template',
    source: '§5.2',
    world: withWorkers(custom),
    operation,
    input: group,
    ...invalidParameter,
    message: /^A launch template version is required for a node group with a custom AMI\.$/,
  },
  {
    name: 'a launch template for a node group without one',
    source: '§5.2',
    world: withWorkers(),
    operation,
    input: { ...group, launchTemplate: template },
    ...invalidParameter,
    message: /^Launch template cannot be specified/,
  },
  ...oneRule(
    ...[{ id: 'lt-2' }, { name: 'another' }].map((other) => ({
      name: `another launch template, by ${Object.keys(other)}`,
      source: '§5.2',
      world: withWorkers({ launchTemplate: { ...template, name: 'own' } }),
      operation,
      input: { ...group, launchTemplate: other },
      ...invalidParameter,
      message: /^You cannot change the launch template of a node group, only its version\.$/,
    })),
  ),
  ...oneRule(
    ...[{ id: 'lt-1', name: 'own' }, { version: '2' }].map((given) => ({
      name: `a launch template by ${Object.keys(given).join(' and ')}`,
      source: '§5.2; aws-controllers-k8s/community#2645',
      world: withWorkers({ launchTemplate: { ...template, name: 'own' } }),
      operation,
      input: { ...group, launchTemplate: given },
      ...invalidParameter,
      message: /^Either provide launch template ID or launch template name in the request\.$/,
    })),
  ),
];

const stateRefusals: readonly Refusal[] = [
  ...oneRule(
    {
      name: 'a second update of a node group',
      source: '§5.4; aws/containers-roadmap#2204',
      world: withWorkers({}, (world) => world.call(operation, roll)),
      operation,
      input: roll,
      ...busy,
      subject: group,
    },
    {
      name: 'a roll while the settings of the node group change',
      source: '§5.4',
      world: withWorkers({}, (world) =>
        world.call('UpdateNodegroupConfig', { ...group, updateConfig: { maxUnavailable: 2 } }),
      ),
      operation,
      input: roll,
      ...busy,
    },
  ),
  ...oneRule(
    ...(['CREATING', 'DELETING', 'CREATE_FAILED', 'DELETE_FAILED'] as const).map((status) => ({
      name: `a roll of a node group that is ${status}`,
      source: '§5.4; aws/containers-roadmap#2204',
      world: withWorkers({}, ({ state }) => {
        for (const { nodegroups } of Object.values(state.clusters)) for (const each of nodegroups) each.status = status;
      }),
      operation,
      input: roll,
      ...busy,
    })),
  ),
  {
    name: 'a roll to the version that the control plane is still moving to',
    source: '§5.2; aws-controllers-k8s/community#2957',
    world: withWorkers({}, (world) => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' })),
    operation,
    input: { ...group, version: '1.36' },
    ...wrongVersion,
    alike: true,
  },
  {
    name: 'a roll while the control plane moves',
    source: '§2.2',
    world: withWorkers({}, (world) => {
      world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' });
      world.pass(1);
    }),
    operation,
    input: roll,
    ...invalidRequest,
    message: /^Cluster 'shop' is not in ACTIVE status, it is UPDATING$/,
    subject: group,
  },
  {
    name: 'a roll while Auto Mode nodes of the cluster go back',
    source: '§3.5',
    world: withWorkers(
      {},
      (world) => {
        world.call('UpdateClusterVersion', { name: 'shop', version: '1.34', force: true });
      },
      { upgradedAt: daysAgo(1), autoModeNodes: 2 },
    ),
    operation,
    input: roll,
    ...invalidRequest,
    message: /is not in ACTIVE status/,
    alike: true,
  },
  {
    name: 'a token of another roll',
    source: '§2.4',
    world: withWorkers({}, (world) => world.call(operation, { ...roll, clientRequestToken: 'first' })),
    operation,
    input: { ...roll, force: true, clientRequestToken: 'first' },
    ...invalidParameter,
    message: /^clientRequestToken first was already used with different parameters$/,
    alike: true,
  },
  {
    name: 'a roll of an unknown node group',
    source: '§5.2; aws-samples/eks-workshop-v2#915',
    world: withWorkers(),
    operation,
    input: { ...roll, nodegroupName: 'none' },
    ...notFound,
    message: /^No node group found for name: none\.$/,
    subject: { clusterName: 'shop', nodegroupName: 'none' },
    alike: true,
  },
  {
    name: 'a roll in an unknown cluster',
    source: '§5.2',
    world: withWorkers(),
    operation,
    input: { ...roll, clusterName: 'none' },
    ...notFound,
    message: /^No cluster found for name: none\.$/,
    alike: true,
  },
];

export const nodegroupVersionRefusals: readonly Refusal[] = [...versionRefusals, ...imageRefusals, ...stateRefusals];
