import { invalidParameter, invalidRequest, notFound, oneRule, onlyUpdate, type Refusal, shop } from './refusal.ts';

const principalArn = 'arn:aws:iam::111111111111:role/nobody';
const unknownUpdate = '7bd8ef9e-0000-4000-8000-000000000000';
const ofShop = { clusterName: 'shop' };

const unknown = (operation: Refusal['operation'], input: object, message: RegExp, subject = {}): Refusal => ({
  name: `${operation} of what is not there`,
  source: '§2.2',
  world: shop({ nodegroups: [{ name: 'workers' }] }),
  operation,
  input,
  ...notFound,
  message,
  subject,
});

const unknownRefusals: readonly Refusal[] = [
  ...oneRule(
    unknown('DescribeCluster', { name: 'none' }, /^No cluster found for name: none\.$/, { clusterName: 'none' }),
    unknown('ListNodegroups', { clusterName: 'none' }, /^No cluster found for name: none\.$/, { clusterName: 'none' }),
    unknown('DescribeInsightsRefresh', { clusterName: 'none' }, /^No cluster found for name: none\.$/),
  ),
  ...oneRule(
    unknown('DescribeNodegroup', { ...ofShop, nodegroupName: 'none' }, /^No node group found for name: none\.$/, {
      ...ofShop,
      nodegroupName: 'none',
    }),
    unknown('ListUpdates', { name: 'shop', nodegroupName: 'none' }, /^No node group found for name: none\.$/),
  ),
  unknown('DescribeAddon', { ...ofShop, addonName: 'none' }, /^No addon: none found in cluster: shop$/, {
    ...ofShop,
    addonName: 'none',
  }),
  unknown(
    'DescribeFargateProfile',
    { ...ofShop, fargateProfileName: 'none' },
    /^No Fargate Profile found with name: none\.$/,
    { ...ofShop, fargateProfileName: 'none' },
  ),
  ...oneRule(
    ...(['DescribeAccessEntry', 'ListAssociatedAccessPolicies'] as const).map((operation) =>
      unknown(operation, { ...ofShop, principalArn }, /^The specified principalArn could not be found\./, ofShop),
    ),
  ),
  unknown('DescribeInsight', { ...ofShop, id: unknownUpdate }, /^No insight found for ID: /, ofShop),
  unknown('DescribeUpdate', { name: 'shop', updateId: unknownUpdate }, /^No update found for ID: /, ofShop),
];

const updateRefusals: readonly Refusal[] = [
  ...oneRule(
    {
      name: 'a node group’s update without the node group',
      source: '§5.2, §14 (5)',
      world: shop({ nodegroups: [{ name: 'workers', version: '1.34' }] }, (world) =>
        world.call('UpdateNodegroupVersion', { ...ofShop, nodegroupName: 'workers', version: '1.35' }),
      ),
      operation: 'DescribeUpdate',
      input: (world) => ({ name: 'shop', updateId: onlyUpdate(world) }),
      ...notFound,
      message: /^No update found for ID: /,
      subject: ofShop,
    },
    {
      name: 'an add-on’s update without the add-on',
      source: '§7, §14 (5); aws/aws-cli#10252',
      world: shop({ addons: { coredns: 'v1.12.4-eksbuild.10' } }, (world) =>
        world.call('UpdateAddon', { ...ofShop, addonName: 'coredns', addonVersion: 'v1.13.2-eksbuild.6' }),
      ),
      operation: 'DescribeUpdate',
      input: (world) => ({ name: 'shop', updateId: onlyUpdate(world) }),
      ...notFound,
      message: /^No update found for ID: /,
      subject: ofShop,
    },
  ),
  {
    name: 'an update of a node group and an add-on at once',
    source: '§2.4',
    world: shop({ nodegroups: [{ name: 'workers' }] }),
    operation: 'DescribeUpdate',
    input: { name: 'shop', nodegroupName: 'workers', addonName: 'coredns', updateId: unknownUpdate },
    ...invalidParameter,
    message: /^Only one of nodegroupName, addonName and capabilityName may be given$/,
  },
  {
    name: 'updates of an unknown capability',
    source: '§7',
    world: shop(),
    operation: 'ListUpdates',
    input: { name: 'shop', capabilityName: 'argo' },
    ...notFound,
    message: /^No capability found for name: argo\.$/,
  },
];

const accessRefusals = (
  [
    ['ListAccessEntries', {}],
    ['DescribeAccessEntry', { principalArn }],
    ['ListAssociatedAccessPolicies', { principalArn }],
  ] as const
).map(
  ([operation, rest]): Refusal => ({
    name: `${operation} of a cluster whose access is a ConfigMap`,
    source: '§10.1; aws-ia/terraform-aws-eks-blueprints#1877',
    world: shop({}, (_, cluster) => {
      cluster.description.accessConfig = { authenticationMode: 'CONFIG_MAP' };
    }),
    operation,
    input: { ...ofShop, ...rest },
    ...invalidRequest,
    message: /^The cluster's authentication mode must be set to one of \[API, API_AND_CONFIG_MAP\]/,
    subject: ofShop,
  }),
);

const insightRefusals: readonly Refusal[] = [
  {
    name: 'a second refresh of insights',
    source: '§4.1',
    world: shop({}, (world) => world.call('StartInsightsRefresh', ofShop)),
    operation: 'StartInsightsRefresh',
    input: ofShop,
    ...invalidRequest,
    message: /^An insights refresh is already in progress for this cluster$/,
    subject: ofShop,
  },
  ...oneRule(
    {
      name: 'insights of an unknown category',
      source: 'C5',
      world: shop(),
      operation: 'ListInsights',
      input: { ...ofShop, filter: { categories: ['UPGRADE_READINESS', 'COST'] } },
      ...invalidParameter,
      message: /^filter\.categories COST is not one of \[UPGRADE_READINESS, MISCONFIGURATION, ROLLBACK_READINESS\]$/,
    },
    {
      name: 'insights of an unknown status',
      source: '§4.1',
      world: shop(),
      operation: 'ListInsights',
      input: { ...ofShop, filter: { statuses: ['RED'] } },
      ...invalidParameter,
      message: /^filter\.statuses RED is not one of \[PASSING, WARNING, ERROR, UNKNOWN\]$/,
    },
    {
      name: 'versions in an unknown status',
      source: '§1.2',
      world: shop(),
      operation: 'DescribeClusterVersions',
      input: { versionStatus: 'standard-support' },
      ...invalidParameter,
      message: /^versionStatus standard-support is not one of/,
    },
    {
      name: 'versions in an unknown status of the old kind',
      source: '§1.2',
      world: shop(),
      operation: 'DescribeClusterVersions',
      input: { status: 'STANDARD_SUPPORT' },
      ...invalidParameter,
      message: /^status STANDARD_SUPPORT is not one of/,
    },
  ),
];

export const readRefusals: readonly Refusal[] = [
  ...unknownRefusals,
  ...updateRefusals,
  ...oneRule(...accessRefusals),
  ...insightRefusals,
];
