import type { RoleDescription } from '../../../simulator/iam/principals/principal.ts';
import { HUB, REGION, SPOKE } from './accounts.ts';
import { variable } from './policies.ts';

// The shapes of `npm run synth`: LiftlockSpokeRole and the roles of functions in LiftlockHub, with account ids for their references.

export const SPOKE_ROLE = `arn:aws:iam::${SPOKE}:role/LiftlockSpoke`;
export const EXTERNAL_ID = `liftlock-${HUB}`;
export const ORGANIZATION = 'o-liftlock123';
const FUNCTIONS = ['discover-clusters', 'scan-cluster', 'update-addons', 'upgrade-control-plane', 'roll-node-group'];

/** What a mutating statement asks of the session. */
function by(name: string): object {
  return { StringLike: { 'aws:userid': `*:liftlock-${name}` } };
}

function ec2(...types: string[]): string[] {
  return types.map((type) => `arn:aws:ec2:*:${SPOKE}:${type}/*`);
}

function eks(...types: string[]): string[] {
  return types.map((type) => `arn:aws:eks:*:${SPOKE}:${type}/*`);
}

export const spokeTrust = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${HUB}:root` },
      Action: 'sts:AssumeRole',
      Condition: {
        ArnEquals: { 'aws:PrincipalArn': FUNCTIONS.map((name) => `arn:aws:iam::${HUB}:role/liftlock-${name}`) },
        StringEquals: {
          'sts:ExternalId': EXTERNAL_ID,
          'sts:RoleSessionName': `liftlock-${variable('aws:PrincipalTag/liftlock-function')}`,
          'aws:PrincipalOrgID': ORGANIZATION,
        },
      },
    },
  ],
};

const READ = {
  Version: '2012-10-17',
  Statement: [
    {
      Action: ['eks:DescribeAddonVersions', 'eks:DescribeClusterVersions', 'eks:ListClusters'],
      Effect: 'Allow',
      Resource: '*',
      Sid: 'ListClustersAndVersions',
    },
    {
      Action: ['eks:DescribeCluster', 'eks:ListAddons', 'eks:ListNodegroups', 'eks:StartInsightsRefresh'],
      Effect: 'Allow',
      Resource: `arn:aws:eks:*:${SPOKE}:cluster/*`,
      Sid: 'ReadClusters',
    },
    { Action: 'eks:DescribeNodegroup', Effect: 'Allow', Resource: eks('nodegroup'), Sid: 'ReadNodeGroups' },
    {
      Action: ['eks:DescribeUpdate', 'eks:ListUpdates'],
      Effect: 'Allow',
      Resource: eks('addon', 'cluster', 'nodegroup'),
      Sid: 'ReadUpdates',
    },
  ],
};

const UPGRADE = {
  Version: '2012-10-17',
  Statement: [
    {
      Action: 'eks:UpdateClusterVersion',
      Condition: by('upgrade-control-plane'),
      Effect: 'Allow',
      Resource: `arn:aws:eks:*:${SPOKE}:cluster/*`,
      Sid: 'UpdateClusterVersion',
    },
    {
      Action: 'eks:UpdateNodegroupVersion',
      Condition: by('roll-node-group'),
      Effect: 'Allow',
      Resource: `arn:aws:eks:*:${SPOKE}:nodegroup/*`,
      Sid: 'UpdateNodegroupVersion',
    },
    {
      Action: 'eks:UpdateAddon',
      Condition: by('update-addons'),
      Effect: 'Allow',
      Resource: `arn:aws:eks:*:${SPOKE}:addon/*`,
      Sid: 'UpdateAddon',
    },
    {
      Action: 'ec2:RunInstances',
      Condition: {
        ArnLike: { 'ec2:LaunchTemplate': `arn:aws:ec2:*:${SPOKE}:launch-template/*` },
        ...by('roll-node-group'),
      },
      Effect: 'Allow',
      Resource: [
        ...ec2('instance', 'launch-template', 'network-interface', 'volume'),
        'arn:aws:ec2:*:*:security-group/*',
        'arn:aws:ec2:*:*:subnet/*',
        'arn:aws:ec2:*::image/*',
      ],
      Sid: 'TryLaunchTemplates',
    },
    {
      Action: 'ec2:CreateTags',
      Condition: { StringEquals: { 'ec2:CreateAction': 'RunInstances' }, ...by('roll-node-group') },
      Effect: 'Allow',
      Resource: ec2('instance', 'network-interface', 'spot-instances-request', 'volume'),
      Sid: 'TagWhatALaunchTemplateTags',
    },
    {
      Action: ['ec2:DescribeLaunchTemplateVersions', 'ec2:DescribeLaunchTemplates', 'ec2:DescribeSubnets'],
      Condition: by('roll-node-group'),
      Effect: 'Allow',
      Resource: '*',
      Sid: 'ReadLaunchTemplates',
    },
    {
      Action: ['ssm:GetParameter', 'ssm:GetParameters'],
      Condition: by('roll-node-group'),
      Effect: 'Allow',
      Resource: 'arn:aws:ssm:*::parameter/aws/service/*',
      Sid: 'ReadImageParameters',
    },
    {
      Action: 'iam:PassRole',
      Condition: { StringEquals: { 'iam:PassedToService': 'eks.amazonaws.com' }, ...by('update-addons') },
      Effect: 'Allow',
      Resource: `arn:aws:iam::${SPOKE}:role/*`,
      Sid: 'PassRolesOfAddons',
    },
  ],
};

export const spokeRole: RoleDescription = {
  arn: SPOKE_ROLE,
  trustPolicy: spokeTrust,
  policies: [
    { name: 'Read', document: READ },
    { name: 'Upgrade', document: UPGRADE },
  ],
  maxSessionSeconds: 3600,
};

/** The role of a function of the hub, as far as it is about spokes. */
export function functionRole(name: string): RoleDescription {
  const items = `arn:aws:dynamodb:${REGION}:${HUB}:table/liftlock`;
  return {
    arn: `arn:aws:iam::${HUB}:role/liftlock-${name}`,
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
    },
    tags: { 'liftlock-function': name },
    policies: [
      {
        name: 'DefaultPolicy',
        document: {
          Version: '2012-10-17',
          Statement: [
            {
              Action: ['dynamodb:ConditionCheckItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
              Effect: 'Allow',
              Resource: items,
              Sid: 'Items',
            },
            { Action: 'dynamodb:Query', Effect: 'Allow', Resource: `${items}/index/kind`, Sid: 'Indexes' },
            {
              Action: 'sts:AssumeRole',
              Effect: 'Allow',
              Resource: 'arn:aws:iam::*:role/LiftlockSpoke',
              Sid: 'SpokeRoles',
            },
            {
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Effect: 'Allow',
              Resource: `arn:aws:logs:${REGION}:${HUB}:log-group:/aws/lambda/liftlock-${name}:*`,
            },
            { Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], Effect: 'Allow', Resource: '*' },
          ],
        },
      },
    ],
  };
}

/** The policy of a queue that rules of EventBridge fill. */
export function queuePolicy(queueArn: string): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Action: 'sqs:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Resource: queueArn,
      },
      {
        Action: 'sqs:SendMessage',
        Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:${REGION}:${HUB}:rule/liftlock/*` } },
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Resource: queueArn,
        Sid: 'ForwardedEvents',
      },
    ],
  };
}
