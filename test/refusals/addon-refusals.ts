import type { AddonRecord } from '../../simulator/eks/state/fake-eks-state.ts';
import {
  inUse,
  invalidParameter,
  invalidRequest,
  notFound,
  oneRule,
  type Refusal,
  shop,
  type World,
} from './refusal.ts';

const operation = 'UpdateAddon' as const;
const coredns = { clusterName: 'shop', addonName: 'coredns' };
const newer = { ...coredns, addonVersion: 'v1.13.2-eksbuild.6' };
const unsupported = { ...invalidParameter, message: /^Addon version specified is not supported$/ };
const step = { ...invalidParameter, message: /^Updating VPC-CNI can only go up or down 1 minor version at a time$/ };

/** `shop` with three add-ons, none at its default. */
const withAddons = (prepare?: (world: World) => void) =>
  shop(
    {
      nodegroups: [{ name: 'workers' }],
      addons: {
        coredns: 'v1.12.4-eksbuild.10',
        'kube-proxy': 'v1.34.5-eksbuild.8',
        'vpc-cni': 'v1.21.1-eksbuild.3',
        'acme-agent': 'v1.0.0',
      },
    },
    prepare,
  );

const inStatus = (status: AddonRecord['status']) => (world: World) => {
  for (const { addons } of Object.values(world.state.clusters)) for (const each of addons) each.status = status;
};

const versionRefusals: readonly Refusal[] = [
  ...oneRule(
    {
      name: 'a version of an add-on that EKS does not list',
      source: '§7; hashicorp/terraform-provider-aws#20559',
      world: withAddons(),
      operation,
      input: { ...coredns, addonVersion: 'v9.9.9-eksbuild.1' },
      ...unsupported,
      subject: coredns,
    },
    {
      name: 'a version of an add-on for another minor',
      source: '§7',
      world: withAddons(),
      operation,
      input: { ...coredns, addonVersion: 'v1.11.4-eksbuild.33' },
      ...unsupported,
    },
    {
      name: 'a kube-proxy newer than the API server',
      source: '§7, §8',
      world: withAddons(),
      operation,
      input: { clusterName: 'shop', addonName: 'kube-proxy', addonVersion: 'v1.36.0-eksbuild.14' },
      ...unsupported,
      subject: { clusterName: 'shop', addonName: 'kube-proxy' },
    },
    {
      name: 'another version of an add-on that EKS does not know',
      source: '§7',
      world: withAddons(),
      operation,
      input: { clusterName: 'shop', addonName: 'acme-agent', addonVersion: 'v1.0.1' },
      ...unsupported,
    },
  ),
  ...oneRule(
    {
      name: 'two minors of vpc-cni at once',
      source: 'C8, §7; terraform-aws-modules/terraform-aws-eks#2749',
      world: withAddons(),
      operation,
      input: { clusterName: 'shop', addonName: 'vpc-cni', addonVersion: 'v1.23.1-eksbuild.1' },
      ...step,
      subject: { clusterName: 'shop', addonName: 'vpc-cni' },
    },
    {
      name: 'two minors of vpc-cni back',
      source: 'C8',
      world: shop({ addons: { 'vpc-cni': 'v1.22.2-eksbuild.1' } }),
      operation,
      input: { clusterName: 'shop', addonName: 'vpc-cni', addonVersion: 'v1.20.4-eksbuild.2' },
      ...step,
    },
  ),
];

const otherRefusals: readonly Refusal[] = [
  {
    name: 'broken configuration of an add-on',
    source: '§7',
    world: withAddons(),
    operation,
    input: { ...coredns, configurationValues: '{"replicaCount":' },
    ...invalidParameter,
    message: /^ConfigurationValue provided in request is not supported$/,
    subject: coredns,
  },
  {
    name: 'an unknown way to resolve conflicts',
    source: '§7',
    world: withAddons(),
    operation,
    input: { ...newer, resolveConflicts: 'IGNORE' },
    ...invalidParameter,
    message: /^resolveConflicts IGNORE is not one of \[OVERWRITE, NONE, PRESERVE\]$/,
    alike: true,
  },
  {
    name: 'a service account role of 256 characters',
    source: 'the API’s model (RoleArn)',
    world: withAddons(),
    operation,
    input: { ...newer, serviceAccountRoleArn: 'a'.repeat(256) },
    ...invalidParameter,
    message: /^serviceAccountRoleArn must be between 1 and 255 characters$/,
    alike: true,
  },
  {
    name: 'a second update of an add-on',
    source: '§2.1, §5.4; awslabs/cdk-eks-blueprints#447',
    world: withAddons((world) => world.call(operation, newer)),
    operation,
    input: newer,
    ...inUse,
    message: /^Addon coredns cannot be updated as it is currently in UPDATING state$/,
    subject: coredns,
  },
  ...oneRule(
    ...(['CREATING', 'DELETING'] as const).map((status) => ({
      name: `an update of an add-on that is ${status}`,
      source: '§7; eksctl-io/eksctl#8091',
      world: withAddons(inStatus(status)),
      operation,
      input: newer,
      ...inUse,
      message: new RegExp(`^Addon coredns cannot be updated as it is currently in ${status} state$`),
    })),
  ),
  {
    name: 'an update of an add-on while the control plane moves',
    source: '§2.2',
    world: withAddons((world) => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' })),
    operation,
    input: newer,
    ...invalidRequest,
    message: /is not in ACTIVE status, it is UPDATING$/,
    subject: coredns,
    alike: true,
  },
  {
    name: 'a token of another update of an add-on',
    source: '§2.4',
    world: withAddons((world) => world.call(operation, { ...newer, clientRequestToken: 'first' })),
    operation,
    input: { ...newer, resolveConflicts: 'PRESERVE', clientRequestToken: 'first' },
    ...invalidParameter,
    message: /^clientRequestToken first was already used with different parameters$/,
    alike: true,
  },
  {
    name: 'an update of an add-on that is not installed',
    source: '§7',
    world: withAddons(),
    operation,
    input: { clusterName: 'shop', addonName: 'aws-ebs-csi-driver' },
    ...notFound,
    message: /^No addon: aws-ebs-csi-driver found in cluster: shop$/,
    subject: { clusterName: 'shop', addonName: 'aws-ebs-csi-driver' },
    alike: true,
  },
  {
    name: 'the versions of an unknown add-on',
    source: '§7',
    world: withAddons(),
    operation: 'DescribeAddonVersions',
    input: { addonName: 'none' },
    ...notFound,
    message: /^No addon versions found for none$/,
  },
];

export const addonRefusals: readonly Refusal[] = [...versionRefusals, ...otherRefusals];
