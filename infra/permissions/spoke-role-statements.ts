import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Aws } from 'aws-cdk-lib/core';
import {
  CALLS_WITHOUT_UPDATE,
  MUTATING_CALLS,
  MUTATORS,
  MUTE_RULE_PREFIX,
  type MutatingCallName,
  PARAMETER_TAG,
  SILENCE_TAG,
  TEMPLATE_TAG,
} from '../../core/contracts/mutating-calls.ts';
import {
  type FunctionName,
  MUTATING_FUNCTIONS,
  spokeSessionName,
  UPGRADING_FUNCTIONS,
} from '../../core/contracts/names.ts';
import { allow } from './function-statements.ts';

const eks = (resource: string) => `arn:${Aws.PARTITION}:eks:*:${Aws.ACCOUNT_ID}:${resource}`;
const ec2 = (resource: string, owner: string = Aws.ACCOUNT_ID) => `arn:${Aws.PARTITION}:ec2:*:${owner}:${resource}/*`;
const CLUSTERS = eks('cluster/*');
const NODE_GROUPS = eks('nodegroup/*');
const ADDONS = eks('addon/*');

/** The functions that read alarms. Those that lift silences look which of the alarms ring. */
const ALARM_READERS = ['reconcile-rollouts', 'scan-cluster', 'smoke-check', ...MUTATING_FUNCTIONS] as const;

const CAPACITY_READS = [
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeImages',
  'ec2:DescribeLaunchTemplates',
  'ec2:DescribeLaunchTemplateVersions',
  'cloudwatch:GetMetricStatistics',
];

type Conditions = Record<string, Record<string, string>>;

/**
 * Allows actions to the sessions of these functions alone. A session of the role has the name of the function that assumed it, and the trust policy
 * holds each function to its name. So one role is enough, although functions have different permissions.
 */
function allowFor(
  names: readonly FunctionName[],
  sid: string,
  actions: string[],
  resources: string[],
  conditions: Conditions = {},
): PolicyStatement {
  const sessions = names.map((name) => `*:${spokeSessionName(name)}`);
  const session = { StringLike: { 'aws:userid': sessions.length === 1 ? sessions[0] : sessions } };
  return new PolicyStatement({ sid, actions, resources, conditions: { ...conditions, ...session } });
}

const forScans = (sid: string, actions: string[], resources: string[]): PolicyStatement =>
  allowFor(['scan-cluster'], sid, actions, resources);

const parameter = (path: string, owner: string) => `arn:${Aws.PARTITION}:ssm:*:${owner}:parameter/${path}`;

/** Parameters of AWS that name images, and those of the account that their owner has opened by the tag. */
function parameterStatements(name: 'scan-cluster' | 'roll-node-group', actions: string[]): PolicyStatement[] {
  const tagged = { StringEquals: { [`aws:ResourceTag/${PARAMETER_TAG.key}`]: PARAMETER_TAG.value } };
  const sid = name === 'scan-cluster' ? 'Scan' : 'Roll';
  const own = [parameter('*', Aws.ACCOUNT_ID)];
  return [
    allowFor([name], `${sid}ReadsParametersOfAws`, actions, [parameter('aws/service/*', '')]),
    allowFor([name], `${sid}ReadsParameters`, ['ssm:GetParameter'], own, tagged),
  ];
}

/** The permissions to read that every function of the hub has, and the refresh of insights, which changes nothing. */
export const readStatements = (): PolicyStatement[] => [
  allow(
    'ListClustersAndVersions',
    ['eks:ListClusters', 'eks:DescribeClusterVersions', 'eks:DescribeAddonVersions'],
    ['*'],
  ),
  allow(
    'ReadClusters',
    [
      'eks:DescribeCluster',
      'eks:ListNodegroups',
      'eks:ListFargateProfiles',
      'eks:ListAddons',
      'eks:ListInsights',
      'eks:DescribeInsight',
      'eks:StartInsightsRefresh',
      'eks:DescribeInsightsRefresh',
    ],
    [CLUSTERS],
  ),
  allow('ReadNodeGroups', ['eks:DescribeNodegroup'], [NODE_GROUPS]),
  allow('ReadAddons', ['eks:DescribeAddon'], [ADDONS]),
  allow('ReadUpdates', ['eks:ListUpdates', 'eks:DescribeUpdate'], [CLUSTERS, NODE_GROUPS, ADDONS]),
  // Scans check the capacity for the new network interfaces and nodes of a hop. None of these actions can be narrowed to a resource.
  forScans('ReadCapacity', CAPACITY_READS, ['*']),
  ...parameterStatements('scan-cluster', ['ssm:GetParameter']),
  allowFor(['watch-versions'], 'WatchReadsParametersOfAws', ['ssm:GetParameters'], [parameter('aws/service/*', '')]),
  forScans('ReadRoles', ['iam:GetRole'], [`arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/*`]),
  forScans(
    'ReadQuotas',
    ['servicequotas:GetServiceQuota'],
    [`arn:${Aws.PARTITION}:servicequotas:*:${Aws.ACCOUNT_ID}:ec2/*`],
  ),
  forScans(
    'ReadBackups',
    ['backup:ListRecoveryPointsByBackupVault'],
    [`arn:${Aws.PARTITION}:backup:*:${Aws.ACCOUNT_ID}:backup-vault:*`],
  ),
  // The key that encrypts a cluster's secrets may belong to another account.
  forScans('ReadKeys', ['kms:DescribeKey'], [`arn:${Aws.PARTITION}:kms:*:*:key/*`]),
  // The metrics that EKS publishes about clusters, where a policy has rates compared after a hop. It cannot be narrowed to a namespace:
  // cloudwatch:namespace is a key of PutMetricData alone
  // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html).
  allowFor(['smoke-check'], 'ReadRates', ['cloudwatch:GetMetricData'], ['*']),
  // The same for workspaces of Amazon Managed Service for Prometheus in this account.
  allowFor(
    ['smoke-check'],
    'QueryPrometheus',
    ['aps:QueryMetrics'],
    [`arn:${Aws.PARTITION}:aps:*:${Aws.ACCOUNT_ID}:workspace/*`],
  ),
  // For gates, and for alarms that policies name. DescribeAlarms returns composite alarms only for the resource `*` (its API reference).
  allowFor(ALARM_READERS, 'ReadAlarms', ['cloudwatch:DescribeAlarms'], ['*']),
];

/** The calls that change a cluster, each for the sessions of its own functions, and the permissions that EKS demands of their caller. */
export const mutatingStatements = (): PolicyStatement[] => [
  only('UpdateClusterVersion', [MUTATING_CALLS.UpdateClusterVersion], [CLUSTERS]),
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html (condition key of UpdateClusterConfig)
  only('ExtendSupport', [MUTATING_CALLS.ExtendSupport], [CLUSTERS], 'ExtendSupport', {
    StringEquals: { 'eks:supportType': 'EXTENDED' },
  }),
  only('UpdateNodegroupVersion', [MUTATING_CALLS.UpdateNodegroupVersion], [NODE_GROUPS]),
  // IAM cannot see what the call changes. Its session policy limits it to one group, and the mutator limits it to the update settings.
  only('UpdateNodegroupConfig', [MUTATING_CALLS.UpdateNodegroupConfig], [NODE_GROUPS]),
  only('UpdateAddon', [MUTATING_CALLS.UpdateAddon], [ADDONS]),
  ...launchTemplateStatements(),
  ...silenceStatements(),
  only('UpdateAddon', ['iam:PassRole'], [`arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/*`], 'PassRolesOfAddons', {
    StringEquals: { 'iam:PassedToService': 'eks.amazonaws.com' },
  }),
];

/** For a node group with a launch template of its own, EKS tests with the caller's rights whether it could launch from it. */
function launchTemplateStatements(): PolicyStatement[] {
  const made = ['instance', 'network-interface', 'volume'].map((type) => ec2(type));
  const spotRequests = ec2('spot-instances-request');
  const own = ['launch-template', 'key-pair'].map((type) => ec2(type));
  // Other accounts share these, and their ARNs name the owner's account: the subnet of a shared VPC has that of the network account.
  const shared = ['subnet', 'security-group', 'placement-group', 'capacity-reservation'].map((type) => ec2(type, '*'));
  // IAM has no key for the launch template of these (service authorization reference of EC2). A request for them alone launches nothing.
  const withoutTemplate = [
    spotRequests,
    `arn:${Aws.PARTITION}:resource-groups:*:*:group/*`,
    `arn:${Aws.PARTITION}:license-manager:*:*:license-configuration:*`,
  ];
  // Images of AWS and of other accounts, and the snapshots behind them.
  const images = [ec2('image', ''), ec2('snapshot', '')];
  const resources = [...made, ...own, ...shared, ...images];
  return [
    only('UpdateNodegroupVersion', ['ec2:RunInstances'], resources, 'TryLaunchTemplates', {
      ArnLike: { 'ec2:LaunchTemplate': ec2('launch-template') },
    }),
    only('UpdateNodegroupVersion', ['ec2:RunInstances'], withoutTemplate, 'TryWhatKnowsNoLaunchTemplate'),
    only('UpdateNodegroupVersion', ['ec2:CreateTags'], [...made, spotRequests], 'TagWhatALaunchTemplateTags', {
      StringEquals: { 'ec2:CreateAction': 'RunInstances' },
    }),
    // For groups with an AMI of their own, where the policy names another one. Only templates that their owner has opened by the tag get a version.
    only(
      'UpdateNodegroupVersion',
      [CALLS_WITHOUT_UPDATE.CreateLaunchTemplateVersion.permission],
      [ec2('launch-template')],
      'MakeLaunchTemplateVersions',
      { StringEquals: { [`aws:ResourceTag/${TEMPLATE_TAG.key}`]: TEMPLATE_TAG.value } },
    ),
    only(
      'UpdateNodegroupVersion',
      [
        'ec2:DescribeImages',
        'ec2:DescribeLaunchTemplates',
        'ec2:DescribeLaunchTemplateVersions',
        'ec2:DescribeSubnets',
      ],
      ['*'],
      'ReadLaunchTemplates',
    ),
    ...parameterStatements('roll-node-group', ['ssm:GetParameter', 'ssm:GetParameters']),
  ];
}

/**
 * Alarms that policies name take no actions while a step changes a cluster. Liftlock writes only rules of its own prefix, and only for alarms that
 * their owner has opened by the tag. PutAlarmMuteRule needs both:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html
 */
function silenceStatements(): PolicyStatement[] {
  const cloudwatch = (resource: string) => `arn:${Aws.PARTITION}:cloudwatch:*:${Aws.ACCOUNT_ID}:${resource}`;
  const rules = [cloudwatch(`alarm-mute-rule:${MUTE_RULE_PREFIX}*`)];
  const { MuteAlarms, UnmuteAlarms } = CALLS_WITHOUT_UPDATE;
  const opened = { StringEquals: { [`aws:ResourceTag/${SILENCE_TAG.key}`]: SILENCE_TAG.value } };
  const lifts = [UnmuteAlarms.permission, 'cloudwatch:GetAlarmMuteRule'];
  return [
    allowFor(UPGRADING_FUNCTIONS, 'MuteAlarms', [MuteAlarms.permission], rules),
    allowFor(UPGRADING_FUNCTIONS, 'MuteOpenAlarms', [MuteAlarms.permission], [cloudwatch('alarm:*')], opened),
    allowFor(MUTATING_FUNCTIONS, 'UnmuteAlarms', lifts, rules),
  ];
}

/** Allows a call to the functions that make it. */
const only = (
  call: MutatingCallName,
  actions: string[],
  resources: string[],
  sid: string = call,
  conditions?: Conditions,
): PolicyStatement => allowFor(MUTATORS[call], sid, actions, resources, conditions);
