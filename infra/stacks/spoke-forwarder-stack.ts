import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnRole, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Aws, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { assetFree, hubBusParameter } from './spoke-parameters.ts';
import type { LiftlockStackProps } from './stack-props.ts';

/** Calls after which the inventory is out of date. They say that EKS took the call, never that it is done. */
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
 * Sends what CloudTrail and AWS Health say about EKS in one Region to the hub's bus; once per account and Region, without assets. Without it
 * Liftlock works as well, learns of changes up to an hour later, and nothing of what AWS plans.
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
