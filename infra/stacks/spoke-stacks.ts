import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnRole, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Aws,
  BootstraplessSynthesizer,
  CfnCondition,
  CfnOutput,
  CfnParameter,
  type CfnParameterProps,
  Fn,
  type IStackSynthesizer,
  Stack,
} from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { FUNCTION_NEEDS } from '../../core/contracts/function-needs.ts';
import {
  FUNCTION_NAMES,
  type FunctionName,
  hookRoleName,
  JOB_FUNCTIONS,
  NODE_FUNCTIONS,
  operateRoleName,
} from '../../core/contracts/names.ts';
import { acknowledge } from '../acknowledge.ts';
import { BUS_NAME, defaultExternalId, FUNCTION_TAG, functionName } from '../names.ts';
import { mutatingStatements, readStatements } from '../permissions/spoke-role-statements.ts';
import type { Settings } from '../settings/settings.ts';
import type { LiftlockStackProps } from './stack-props.ts';

/**
 * The role that Liftlock assumes, once per account. The template has no assets and takes parameters only, so that a StackSet can deploy it unchanged,
 * and the same one in every partition.
 */
export class SpokeRoleStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: LiftlockStackProps) {
    super(scope, id, {
      description: 'Liftlock: the role by which the hub reads and upgrades the clusters of this account',
      synthesizer: assetFree(),
      ...props,
    });
    const parameters = trustParameters(this, settings);
    const { roleName: name } = parameters;
    const roleFor = (id: string, callers: readonly FunctionName[], roleName: string, does: string) =>
      new CfnRole(this, id, {
        roleName,
        description: `Liftlock's hub ${does}`,
        maxSessionDuration: 3600,
        assumeRolePolicyDocument: trustOf(parameters, callers),
      });
    const role = roleFor('SpokeRole', SPOKE_CALLERS, name, 'reads and upgrades EKS clusters by this role');
    role.policies = [
      { policyName: 'Read', policyDocument: new PolicyDocument({ statements: readStatements() }) },
      { policyName: 'Upgrade', policyDocument: new PolicyDocument({ statements: mutatingStatements() }) },
    ];
    acknowledge(role, WILDCARDS);
    new CfnOutput(this, 'RoleArn', { value: role.attrArn });
    // It has no policy: the owner of a cluster grants it rights there by an access entry (liftlock access manifest --tier operate).
    const granted = 'clusters that give this role access; in AWS it may do nothing';
    roleFor('OperateRole', NODE_FUNCTIONS, operateRoleName(name), `drains nodes of ${granted}`);
    // The same holds for this role (liftlock access manifest --tier hooks).
    roleFor('HookRole', JOB_FUNCTIONS, hookRoleName(name), `runs Jobs of hooks in ${granted}`);
  }
}

const SPOKE_CALLERS = FUNCTION_NAMES.filter((name) => FUNCTION_NEEDS[name].assumesSpokeRole);

/**
 * The role trusts exactly one hub: its account, and of that account only the roles of Liftlock's functions. A condition names them, because a
 * principal must exist when the policy is written and is lost when it is created again. Each function may use only the session name of its tag.
 */
function trustOf(
  { hubAccount, externalId, organizationOrNothing }: TrustParameters,
  callers: readonly FunctionName[],
): object {
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

const BESIDE_A_LAUNCH =
  'IAM knows no launch template of it; allowed alone it launches nothing. Its owner is whoever shares it with this account.';

const CLOUDWATCH = 'Resource::arn:<AWS::Partition>:cloudwatch:*:<AWS::AccountId>';
const WILDCARDS: Readonly<Record<string, string>> = {
  'AwsSolutions-IAM5[Resource::*]':
    'ListClusters, DescribeClusterVersions, DescribeAddonVersions, the Describe actions of EC2 and GetMetricStatistics know no resources, nor do the metrics of services that GetMetricData reads; DescribeAlarms returns composite alarms on this one alone.',
  [`AwsSolutions-IAM5[${EKS}:cluster/*]`]: FOUND_LATER,
  [`AwsSolutions-IAM5[${EKS}:nodegroup/*]`]: FOUND_LATER,
  [`AwsSolutions-IAM5[${EKS}:addon/*]`]: FOUND_LATER,
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::<AWS::AccountId>:role/*]':
    'Roles of clusters, node groups and add-ons have any name. Scans ask whether they are there; only the function that updates add-ons may pass one, only to EKS, and its session policy names it.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:*:*:key/*]':
    'Which keys encrypt the secrets of clusters is known later, and they may be of other accounts; their state is read, and nothing else.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:backup:*:<AWS::AccountId>:backup-vault:*]':
    'Which vault a policy names is known later; its recovery points are listed, and nothing else.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:aps:*:<AWS::AccountId>:workspace/*]':
    'Which workspace a policy has asked is known later; its metrics are queried, and nothing else.',
  [`AwsSolutions-IAM5[${CLOUDWATCH}:alarm-mute-rule:liftlock-*]`]:
    'Mute rules of Liftlock are named after a cluster, a step and a hash; the session policy of each call names one.',
  [`AwsSolutions-IAM5[${CLOUDWATCH}:alarm:*]`]:
    'Which alarms a policy silences is known later; only those that their owner has opened by a tag.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:servicequotas:*:<AWS::AccountId>:ec2/*]':
    'Each family of instances has a quota of its own; they are read, in whichever Region a cluster is.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:*::parameter/aws/service/*]':
    "Public parameters of AWS with the ids of its own images, named in launch templates; they are nobody's secret.",
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:*:<AWS::AccountId>:parameter/*]':
    'Parameters that hold the ids of images, in whichever Region; only those that their owner has opened by a tag.',
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
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:resource-groups:*:*:group/*]': BESIDE_A_LAUNCH,
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:license-manager:*:*:license-configuration:*]': BESIDE_A_LAUNCH,
};

/** The inventory is out of date after each of these calls. The event means that EKS accepted the call, and not that the change is done. */
const CALLS = [
  'CreateCluster',
  'DeleteCluster',
  'UpdateClusterConfig',
  'UpdateClusterVersion',
  'CreateNodegroup',
  'DeleteNodegroup',
  'UpdateNodegroupConfig',
  'UpdateNodegroupVersion',
  'CreateAddon',
  'DeleteAddon',
  'UpdateAddon',
];

/**
 * Sends events of CloudTrail and AWS Health about EKS in one Region to the hub's bus. It is deployed once per account and Region, and has no assets.
 * Without it Liftlock works too, but learns of changes up to an hour later, and learns nothing of what AWS plans.
 */
export class SpokeForwarderStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: LiftlockStackProps) {
    super(scope, id, {
      description: "Liftlock: forwards this Region's EKS events to the hub",
      synthesizer: assetFree(),
      ...props,
    });
    const bus = hubBusParameter(this, settings);
    const role = new CfnRole(this, 'Role', {
      description: "Liftlock's forwarder puts events on the hub's bus by this role",
      assumeRolePolicyDocument: new PolicyDocument({
        statements: [
          new PolicyStatement({
            principals: [new ServicePrincipal('events.amazonaws.com')],
            actions: ['sts:AssumeRole'],
            conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
          }),
        ],
      }),
      policies: [
        {
          policyName: 'Forward',
          policyDocument: new PolicyDocument({
            statements: [new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus] })],
          }),
        },
      ],
    });
    this.#rule('Calls', bus, role, {
      source: ['aws.eks'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: { eventSource: ['eks.amazonaws.com'], eventName: CALLS },
    });
    this.#rule('Health', bus, role, {
      source: ['aws.health'],
      'detail-type': ['AWS Health Event'],
      detail: { service: ['EKS'] },
    });
  }

  #rule(id: string, bus: string, role: CfnRole, eventPattern: object): void {
    const targets = [{ id: 'Hub', arn: bus, roleArn: role.attrArn }];
    const rule = new CfnRule(this, id, { description: 'Liftlock: to the hub', eventPattern, targets });
    acknowledge(rule, {
      'Serverless-EventBusDLQ':
        'Such events make the hub look sooner, and discovery looks every hour; AWS Health repeats what it plans, so a lost one needs no queue in every Region.',
    });
  }
}

/**
 * The parameters by which a StackSet names the hub. Their defaults are the settings, or else the account and Region of the stack: then the hub is its
 * own spoke, and `cdk deploy --all` needs no parameter.
 */
const hubAccountParameter = (scope: Construct, { hubAccount = '' }: Settings): string =>
  optionalParameter(scope, 'HubAccountId', {
    description: "The account of Liftlock's hub. Empty = this account.",
    default: hubAccount,
    allowedPattern: '\\d{12}',
    constraintDescription: 'must be an account id of 12 digits, or empty',
    otherwise: Aws.ACCOUNT_ID,
  });

/** The ARN of the bus in the hub's account and Region. */
function hubBusParameter(scope: Construct, settings: Settings): string {
  const account = hubAccountParameter(scope, settings);
  const region = optionalParameter(scope, 'HubRegion', {
    description: "The Region of Liftlock's hub. Empty = this Region.",
    default: settings.hubRegion ?? '',
    allowedPattern: '[a-z]{2,4}(-[a-z]+){1,2}-\\d{1,2}',
    constraintDescription: 'must be a Region such as eu-central-1, or empty',
    otherwise: Aws.REGION,
  });
  return `arn:${Aws.PARTITION}:events:${region}:${account}:event-bus/${BUS_NAME}`;
}

type TrustParameters = ReturnType<typeof trustParameters>;

function trustParameters(scope: Construct, settings: Settings) {
  const hubAccount = hubAccountParameter(scope, settings);
  const externalId = optionalParameter(scope, 'ExternalId', {
    description: 'The external id that the hub sends. Empty = liftlock-<hub account>, the default of both sides.',
    default: settings.externalId ?? '',
    // IAM accepts 1224 characters, but a role's trust policy holds 2,048 in all, and the names of the functions take most of them.
    allowedPattern: '[\\w+=,.@:/-]{2,512}',
    constraintDescription: 'must be 2 to 512 letters, digits and _+=,.@:/-, or empty',
    otherwise: defaultExternalId(hubAccount),
  });
  // The id of the organization, or no value where there is none.
  const organizationOrNothing = optionalParameter(scope, 'OrganizationId', {
    description: 'The organization that the hub must belong to. Empty = not asked for.',
    default: settings.organizationId ?? '',
    allowedPattern: 'o-[a-z0-9]{10,32}',
    constraintDescription: 'must be the id of an organization, such as o-a1b2c3d4e5, or empty',
    otherwise: Aws.NO_VALUE,
  });
  const roleName = new CfnParameter(scope, 'RoleName', {
    description: "Name of the role, as in the Fleet's spokeRole.name.",
    default: settings.spokeRoleName,
    allowedPattern: '^[\\w+=,.@-]{1,56}$',
    constraintDescription: 'must be the name of an IAM role',
  }).valueAsString;
  return { hubAccount, externalId, roleName, organizationOrNothing };
}

interface OptionalParameterProps extends CfnParameterProps {
  readonly default: string;
  /** The value that replaces an empty one. */
  readonly otherwise: string;
}

/** A parameter that may be left empty; returns its value, or `otherwise` when it is empty. */
function optionalParameter(
  scope: Construct,
  id: string,
  { otherwise, allowedPattern = '.*', ...props }: OptionalParameterProps,
): string {
  const parameter = new CfnParameter(scope, id, { ...props, allowedPattern: `^(${allowedPattern})?$` });
  const isGiven = new CfnCondition(scope, `Has${id}`, {
    expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, '')),
  });
  return Fn.conditionIf(isGiven.logicalId, parameter.valueAsString, otherwise).toString();
}

/** For templates that StackSets take unchanged, without assets or a bootstrapped account. CDK's own types disagree on an optional member. */
const assetFree = (): IStackSynthesizer => new BootstraplessSynthesizer() as IStackSynthesizer;
