import { synthesize } from '../../test/material/infra/synthesize.ts';
import { listOf, statementsOf } from '../../test/material/infra/template.ts';

const { spokeRole } = synthesize();
const [roleId = ''] = Object.entries(spokeRole.Resources).find(([, { Type }]) => Type === 'AWS::IAM::Role') ?? [];

/** The permissions of the spoke role: `action resource`, with its conditions. */
const GRANTS = statementsOf(spokeRole, roleId).flatMap(({ Action, Resource, Condition = {} }) => {
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => `${operator} ${key} ${listOf(value).join()}`),
  );
  const where = conditions.length === 0 ? '' : ` if ${conditions.sort().join(' and ')}`;
  return listOf(Resource).flatMap((resource) => listOf(Action).map((action) => `${action} ${resource}${where}`));
});

const eks = (type: string) => `arn:<Partition>:eks:*:<AccountId>:${type}/*`;
const session = (name: string) => `StringLike aws:userid *:liftlock-${name}`;
const NODES = session('roll-node-group');
const SILENCING = 'update-addons,*:liftlock-upgrade-control-plane,*:liftlock-roll-node-group';
const LIFTING = `${SILENCING},*:liftlock-restore-nodes`;
const ec2 = (types: readonly string[], owner = '<AccountId>') =>
  types.map((type) => `arn:<Partition>:ec2:*:${owner}:${type}/*`);
const MADE = ec2(['instance', 'network-interface', 'volume']);
const SPOT_REQUESTS = ec2(['spot-instances-request']);

test('the spoke role reads what it reads, and changes seven things, each by the functions that do', () => {
  const onClusters = [
    'DescribeCluster',
    'ListNodegroups',
    'ListFargateProfiles',
    'ListAddons',
    'ListInsights',
    'DescribeInsight',
    'StartInsightsRefresh',
    'DescribeInsightsRefresh',
  ];
  const launching = [
    ...MADE,
    ...ec2(['launch-template', 'key-pair']),
    ...ec2(['subnet', 'security-group', 'placement-group', 'capacity-reservation'], '*'),
    ...ec2(['image', 'snapshot'], ''),
  ];
  const withoutTemplate = [
    ...SPOT_REQUESTS,
    'arn:<Partition>:resource-groups:*:*:group/*',
    'arn:<Partition>:license-manager:*:*:license-configuration:*',
  ];
  const throughTemplate = 'ArnLike ec2:LaunchTemplate arn:<Partition>:ec2:*:<AccountId>:launch-template/*';
  const muteRules = 'arn:<Partition>:cloudwatch:*:<AccountId>:alarm-mute-rule:liftlock-*';
  const expected = [
    ...['ListClusters', 'DescribeClusterVersions', 'DescribeAddonVersions'].map((action) => `eks:${action} *`),
    ...onClusters.map((action) => `eks:${action} ${eks('cluster')}`),
    `eks:DescribeNodegroup ${eks('nodegroup')}`,
    `eks:DescribeAddon ${eks('addon')}`,
    ...['cluster', 'nodegroup', 'addon'].flatMap((type) => [
      `eks:ListUpdates ${eks(type)}`,
      `eks:DescribeUpdate ${eks(type)}`,
    ]),
    `aps:QueryMetrics arn:<Partition>:aps:*:<AccountId>:workspace/* if ${session('smoke-check')}`,
    `cloudwatch:GetMetricData * if ${session('smoke-check')}`,
    `cloudwatch:DescribeAlarms * if ${session(`reconcile-rollouts,*:liftlock-scan-cluster,*:liftlock-smoke-check,*:liftlock-${LIFTING}`)}`,
    `cloudwatch:PutAlarmMuteRule ${muteRules} if ${session(SILENCING)}`,
    `cloudwatch:PutAlarmMuteRule arn:<Partition>:cloudwatch:*:<AccountId>:alarm:* if StringEquals aws:ResourceTag/liftlock:silence allowed and ${session(SILENCING)}`,
    ...['DeleteAlarmMuteRule', 'GetAlarmMuteRule'].map(
      (action) => `cloudwatch:${action} ${muteRules} if ${session(LIFTING)}`,
    ),
    ...[
      ...['DescribeSubnets', 'DescribeSecurityGroups', 'DescribeInstanceTypes'].map((action) => `ec2:${action} *`),
      ...['DescribeImages', 'DescribeLaunchTemplates', 'DescribeLaunchTemplateVersions'].map(
        (action) => `ec2:${action} *`,
      ),
      'cloudwatch:GetMetricStatistics *',
      'servicequotas:GetServiceQuota arn:<Partition>:servicequotas:*:<AccountId>:ec2/*',
      'iam:GetRole arn:<Partition>:iam::<AccountId>:role/*',
      'kms:DescribeKey arn:<Partition>:kms:*:*:key/*',
      'backup:ListRecoveryPointsByBackupVault arn:<Partition>:backup:*:<AccountId>:backup-vault:*',
    ].map((grant) => `${grant} if ${session('scan-cluster')}`),
    `eks:UpdateClusterVersion ${eks('cluster')} if ${session('upgrade-control-plane')}`,
    `eks:UpdateClusterConfig ${eks('cluster')} if StringEquals eks:supportType EXTENDED and ${session('upgrade-control-plane')}`,
    `eks:UpdateNodegroupVersion ${eks('nodegroup')} if ${NODES}`,
    `eks:UpdateNodegroupConfig ${eks('nodegroup')} if ${session('roll-node-group,*:liftlock-restore-nodes')}`,
    `eks:UpdateAddon ${eks('addon')} if ${session('update-addons')}`,
    `iam:PassRole arn:<Partition>:iam::<AccountId>:role/* if StringEquals iam:PassedToService eks.amazonaws.com and ${session('update-addons')}`,
    ...launching.map((resource) => `ec2:RunInstances ${resource} if ${throughTemplate} and ${NODES}`),
    ...withoutTemplate.map((resource) => `ec2:RunInstances ${resource} if ${NODES}`),
    ...[...MADE, ...SPOT_REQUESTS].map(
      (resource) => `ec2:CreateTags ${resource} if StringEquals ec2:CreateAction RunInstances and ${NODES}`,
    ),
    `ec2:CreateLaunchTemplateVersion arn:<Partition>:ec2:*:<AccountId>:launch-template/* if StringEquals aws:ResourceTag/liftlock:versions allowed and ${NODES}`,
    ...['DescribeImages', 'DescribeLaunchTemplates', 'DescribeLaunchTemplateVersions', 'DescribeSubnets'].map(
      (action) => `ec2:${action} * if ${NODES}`,
    ),
    ...['GetParameter', 'GetParameters'].map(
      (action) => `ssm:${action} arn:<Partition>:ssm:*::parameter/aws/service/* if ${NODES}`,
    ),
    `ssm:GetParameter arn:<Partition>:ssm:*::parameter/aws/service/* if ${session('scan-cluster')}`,
    `ssm:GetParameters arn:<Partition>:ssm:*::parameter/aws/service/* if ${session('watch-versions')}`,
    ...[NODES, session('scan-cluster')].map(
      (who) =>
        `ssm:GetParameter arn:<Partition>:ssm:*:<AccountId>:parameter/* if StringEquals aws:ResourceTag/liftlock:images allowed and ${who}`,
    ),
  ];
  expect(GRANTS.toSorted()).toEqual(expected.toSorted());
});

test('without an organization a function enters the hub’s account and those that are named, and no other', () => {
  const { hub } = synthesize({ accounts: ['222222222222'] });
  const inHub = Object.keys(hub.Resources).filter((id) => hub.Resources[id]?.Type === 'AWS::IAM::Role');
  const entered = inHub.flatMap((id) =>
    statementsOf(hub, id)
      .filter(({ Action }) => listOf(Action).includes('sts:AssumeRole'))
      .flatMap(({ Resource, Condition }) => listOf(Resource).map((role) => `${role} ${JSON.stringify(Condition)}`)),
  );
  const roles = ['LiftlockSpoke', 'LiftlockSpoke-hooks', 'LiftlockSpoke-operate'];
  const named = JSON.stringify({ StringEquals: { 'aws:ResourceAccount': ['222222222222'] } });
  const inEach = [`* ${named}`, '<AccountId> undefined'].flatMap((where) => {
    const [account, condition] = where.split(' ');
    return roles.map((role) => `arn:<Partition>:iam::${account}:role/${role} ${condition}`);
  });
  expect([...new Set(entered)].sort()).toEqual(inEach);
});
