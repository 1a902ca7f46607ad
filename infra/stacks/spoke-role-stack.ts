import { CfnRole, PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { Aws, CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { FUNCTION_NAMES } from '../../core/contracts/names.ts';
import { acknowledge } from '../acknowledge.ts';
import { FUNCTION_TAG, functionName } from '../names.ts';
import { FUNCTION_NEEDS } from '../permissions/function-needs.ts';
import { mutatingStatements, readStatements } from '../permissions/spoke-role-statements.ts';
import { assetFree, type TrustParameters, trustParameters } from './spoke-parameters.ts';
import type { LiftlockStackProps } from './stack-props.ts';

/**
 * The role that Liftlock assumes, once per account. A template without assets and with parameters only, so that a StackSet takes it as it is,
 * the same one in every partition.
 */
export class SpokeRoleStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: LiftlockStackProps) {
    super(scope, id, {
      description: 'Liftlock: the role by which the hub reads and upgrades the clusters of this account',
      synthesizer: assetFree(),
      ...props,
    });
    const parameters = trustParameters(this, settings);
    const role = new CfnRole(this, 'SpokeRole', {
      roleName: parameters.roleName,
      description: "Liftlock's hub reads and upgrades EKS clusters by this role",
      maxSessionDuration: 3600,
      assumeRolePolicyDocument: trustOf(parameters),
      policies: [
        { policyName: 'Read', policyDocument: new PolicyDocument({ statements: readStatements() }) },
        { policyName: 'Upgrade', policyDocument: new PolicyDocument({ statements: mutatingStatements() }) },
      ],
    });
    acknowledge(role, WILDCARDS);
    new CfnOutput(this, 'RoleArn', { value: role.attrArn });
  }
}

/**
 * Exactly one hub: its account, and of that account only the roles of Liftlock's functions. They are named in a condition, since a principal
 * must exist when the policy is written and is lost when it is made anew. Each may only use the session name that its tag says.
 */
function trustOf({ hubAccount, externalId, organizationOrNothing }: TrustParameters): object {
  const callers = FUNCTION_NAMES.filter((name) => FUNCTION_NEEDS[name].assumesSpokeRole);
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:${Aws.PARTITION}:iam::${hubAccount}:root` },
        Action: 'sts:AssumeRole',
        Condition: {
          ArnEquals: {
            'aws:PrincipalArn': callers.map(
              (name) => `arn:${Aws.PARTITION}:iam::${hubAccount}:role/${functionName(name)}`,
            ),
          },
          StringEquals: {
            'sts:ExternalId': externalId,
            'sts:RoleSessionName': `liftlock-\${aws:PrincipalTag/${FUNCTION_TAG}}`,
            'aws:PrincipalOrgID': organizationOrNothing,
          },
        },
      },
    ],
  };
}

const EKS = 'Resource::arn:<AWS::Partition>:eks:*:<AWS::AccountId>';
const EC2 = 'Resource::arn:<AWS::Partition>:ec2:*:<AWS::AccountId>';
const FOUND_LATER =
  'Clusters come and go in every Region, and Liftlock finds them itself; partition, account and type are fixed, and each call has a session policy for its one cluster.';
const LAUNCHED =
  'Only through a launch template of this account, when the function that rolls node groups asks EKS to use it.';
const SHARED = `${LAUNCHED} Its owner is whoever shares it with this account, and decides by the share who may use it.`;

const QUOTAS = 'Resource::arn:<AWS::Partition>:servicequotas:*:<AWS::AccountId>:ec2';
const WILDCARDS: Readonly<Record<string, string>> = {
  'AwsSolutions-IAM5[Resource::*]':
    'ListClusters, DescribeClusterVersions, DescribeAddonVersions, the Describe actions of EC2 and GetMetricStatistics know no resources; DescribeAlarms returns composite alarms on this one alone.',
  [`AwsSolutions-IAM5[${EKS}:cluster/*]`]: FOUND_LATER,
  [`AwsSolutions-IAM5[${EKS}:nodegroup/*]`]: FOUND_LATER,
  [`AwsSolutions-IAM5[${EKS}:addon/*]`]: FOUND_LATER,
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::<AWS::AccountId>:role/*]':
    'Roles of clusters, node groups and add-ons have any name. Scans ask whether they are there; only the function that updates add-ons may pass one, only to EKS, and its session policy names it.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:*:*:key/*]':
    'Which keys encrypt the secrets of clusters is known later, and they may be of other accounts; their state is read, and nothing else.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:backup:*:<AWS::AccountId>:backup-vault:*]':
    'Which vault a policy names is known later; its recovery points are listed, and nothing else.',
  [`AwsSolutions-IAM5[${QUOTAS}/L-1216C47A]`]: 'Of whichever Region a cluster is in.',
  [`AwsSolutions-IAM5[${QUOTAS}/L-34B43A08]`]: 'Of whichever Region a cluster is in.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:*::parameter/aws/service/*]':
    "Public parameters of AWS with the ids of its own images, named in launch templates; they are nobody's secret.",
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:*::image/*]': LAUNCHED,
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:*::snapshot/*]': LAUNCHED,
  ...Object.fromEntries(
    ['instance', 'network-interface', 'volume', 'spot-instances-request', 'launch-template', 'key-pair'].map((type) => [
      `AwsSolutions-IAM5[${EC2}:${type}/*]`,
      LAUNCHED,
    ]),
  ),
  ...Object.fromEntries(
    ['subnet', 'security-group', 'placement-group', 'capacity-reservation'].map((type) => [
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:*:*:${type}/*]`,
      SHARED,
    ]),
  ),
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:resource-groups:*:*:group/*]': SHARED,
};
