import { addCluster } from '../../simulator/eks/add-cluster.ts';
import {
  inUse,
  invalidParameter,
  invalidRequest,
  notFound,
  oneRule,
  type Refusal,
  requiredByCli,
  shop,
} from './refusal.ts';

const creation = {
  name: 'new',
  version: '1.35',
  roleArn: 'arn:aws:iam::111111111111:role/new',
  resourcesVpcConfig: { subnetIds: ['subnet-1', 'subnet-2'] },
};
const token = 'a-token-of-more-than-33-characters';
const overQuota = { error: 'ResourceLimitExceededException', status: 400 } as const;
const numbered = (count: number, text: (index: number) => string) => Array.from({ length: count }, (_, at) => text(at));

const creationRefusals: readonly Refusal[] = [
  {
    name: 'a second cluster of one name',
    source: 'terraform-aws-modules/terraform-aws-eks#1262',
    world: shop(),
    operation: 'CreateCluster',
    input: { ...creation, name: 'shop' },
    ...inUse,
    message: /^Cluster already exists with name: shop$/,
    subject: { clusterName: 'shop' },
  },
  {
    name: 'a new cluster at a version out of support',
    source: '§1.1',
    world: shop(),
    operation: 'CreateCluster',
    input: { ...creation, version: '1.30' },
    ...invalidParameter,
    message: /^unsupported Kubernetes version$/,
    subject: { clusterName: 'new' },
    alike: true,
  },
  {
    name: 'a new cluster without a role',
    source: 'the API’s model',
    world: shop(),
    operation: 'CreateCluster',
    input: { name: 'new', resourcesVpcConfig: creation.resourcesVpcConfig },
    ...invalidParameter,
    message: /roleArn is required/,
    cli: requiredByCli,
    alike: true,
  },
  ...oneRule(
    ...['_shop', 'shop.production', 'x'.repeat(101)].map((name) => ({
      name: `a new cluster called ${name.slice(0, 20)}`,
      source: 'the API’s model (ClusterName)',
      world: shop(),
      operation: 'CreateCluster' as const,
      input: { ...creation, name },
      ...invalidParameter,
      message: /^The parameter name (contains invalid characters|must be between 1 and 100 characters)/,
    })),
  ),
  {
    name: 'a new cluster with an unknown upgrade policy',
    source: '§1.3',
    world: shop(),
    operation: 'CreateCluster',
    input: { ...creation, upgradePolicy: { supportType: 'NEVER' } },
    ...invalidParameter,
    message: /^upgradePolicy\.supportType NEVER is not one of/,
    alike: true,
  },
  {
    name: 'a new cluster with a short token',
    source: 'ansible-collections/community.aws#844',
    world: shop(),
    operation: 'CreateCluster',
    input: { ...creation, clientRequestToken: 'short' },
    ...invalidParameter,
    message: /^The client request token parameter must be between 33 and 126 characters\.$/,
  },
  {
    name: 'a token of another new cluster',
    source: '§2.4',
    world: shop({}, (world) => world.call('CreateCluster', { ...creation, clientRequestToken: token })),
    operation: 'CreateCluster',
    input: { ...creation, version: '1.36', clientRequestToken: token },
    ...invalidParameter,
    message: /was already used with different parameters$/,
    alike: true,
  },
  {
    name: 'the 101st cluster of a Region',
    source: '§11',
    world: shop({}, ({ state }) => {
      for (const name of numbered(99, (index) => `c${index}`)) addCluster(state, { name, version: '1.36', addons: {} });
    }),
    operation: 'CreateCluster',
    input: creation,
    ...overQuota,
    message: /^The maximum number of clusters in a Region is 100$/,
    subject: { clusterName: 'new' },
  },
  {
    name: 'a new cluster with five security groups',
    source: '§11',
    world: shop(),
    operation: 'CreateCluster',
    input: { ...creation, resourcesVpcConfig: { securityGroupIds: numbered(5, (index) => `sg-${index}`) } },
    ...overQuota,
    message: /^The maximum number of security groups of a control plane is 4$/,
  },
  {
    name: 'a new cluster that is open to 41 ranges',
    source: '§11',
    world: shop(),
    operation: 'CreateCluster',
    input: { ...creation, resourcesVpcConfig: { publicAccessCidrs: numbered(41, (index) => `203.0.113.${index}/32`) } },
    ...overQuota,
    message: /^The maximum number of public access CIDRs is 40$/,
    alike: true,
  },
  {
    name: 'a new cluster with a tag of AWS',
    source: 'tags of AWS',
    world: shop(),
    operation: 'CreateCluster',
    input: { ...creation, tags: { 'aws:owner': 'me' } },
    ...invalidParameter,
    message: /^Tag key aws:owner must not start with aws:$/,
    alike: true,
  },
  {
    name: 'a new cluster with 51 tags',
    source: 'tags of AWS',
    world: shop(),
    operation: 'CreateCluster',
    input: { ...creation, tags: Object.fromEntries(numbered(51, String).map((key) => [key, 'x'])) },
    ...invalidParameter,
    message: /^A resource can have at most 50 tags$/,
    alike: true,
  },
];

const deletionRefusals: readonly Refusal[] = [
  {
    name: 'to delete a cluster with node groups',
    source: 'crossplane-contrib/provider-upjet-aws#912',
    world: shop({ nodegroups: [{ name: 'workers' }] }),
    operation: 'DeleteCluster',
    input: { name: 'shop' },
    ...inUse,
    message: /^Cluster has nodegroups attached$/,
    subject: { clusterName: 'shop', nodegroupName: 'workers' },
  },
  {
    name: 'to delete a cluster with Fargate profiles',
    source: 'cloud-custodian/cloud-custodian#5585',
    world: shop({}, (_, cluster) => {
      cluster.fargateProfiles.push({ fargateProfileName: 'jobs', createdAt: cluster.createdAt });
    }),
    operation: 'DeleteCluster',
    input: { name: 'shop' },
    ...inUse,
    message: /^Cluster has Fargate profiles attached$/,
  },
  {
    name: 'to delete a cluster during an upgrade',
    source: 'aws/containers-roadmap#1511',
    world: shop({}, (world) => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' })),
    operation: 'DeleteCluster',
    input: { name: 'shop' },
    ...inUse,
    message: /^Cannot delete because cluster shop currently has an update in progress$/,
    subject: { clusterName: 'shop' },
  },
  {
    name: 'to delete a cluster that is being created',
    source: 'nowhere documented',
    world: shop({}, (world) => world.call('CreateCluster', creation)),
    operation: 'DeleteCluster',
    input: { name: 'new' },
    ...inUse,
    message: /^Cannot delete because cluster new is being created$/,
  },
  {
    name: 'to delete a protected cluster',
    source: 'aws/containers-roadmap#1110',
    world: shop({}, (_, cluster) => {
      cluster.description.deletionProtection = true;
    }),
    operation: 'DeleteCluster',
    input: { name: 'shop' },
    ...invalidRequest,
    message: /^Cluster shop has deletion protection enabled$/,
    subject: { clusterName: 'shop' },
  },
  {
    name: 'to delete an unknown cluster',
    source: '§2.2',
    world: shop(),
    operation: 'DeleteCluster',
    input: { name: 'none' },
    ...notFound,
    message: /^No cluster found for name: none\.$/,
    alike: true,
  },
];

export const clusterRefusals: readonly Refusal[] = [...creationRefusals, ...deletionRefusals];
