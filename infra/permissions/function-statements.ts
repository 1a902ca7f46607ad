import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Aws } from 'aws-cdk-lib/core';
import { HOOK_TAG } from '../../core/contracts/hook.ts';
import { hookRoleName, operateRoleName } from '../../core/contracts/names.ts';
import { executionArns, hookReceivers, machineArnPrefix, webhookSecrets } from '../names.ts';
import type { Settings } from '../settings/settings.ts';
import type { FunctionNeeds } from './function-needs.ts';
import {
  type AuditReference,
  allow,
  anchorStatements,
  auditStatement,
  itemStatements,
  type TableReference,
} from './table-statements.ts';

/** The bucket of the audit's anchors. */
export interface BucketReference {
  readonly bucketName: string;
  readonly bucketArn: string;
}

/** What functions reach, beside the accounts of the fleet. */
export interface Reach {
  readonly items: TableReference;
  readonly audit: AuditReference;
  readonly anchors: BucketReference;
  readonly bus: EventBus;
  readonly clusterQueue: IQueue;
  readonly settings: Settings;
}

/** The whole policy of a function's role, apart from logs and traces. */
export function functionStatements(needs: FunctionNeeds, reach: Reach): PolicyStatement[] {
  const { items, audit, anchors, bus, clusterQueue, settings } = reach;
  if (needs.anchors) {
    return [
      ...anchorStatements(audit),
      allow('Anchors', ['s3:GetObject', 's3:PutObject'], [`${anchors.bucketArn}/audit/*`]),
      // Without it S3 says AccessDenied for an object that is not there.
      allow('AnchorList', ['s3:ListBucket'], [anchors.bucketArn]),
    ];
  }
  const statements = itemStatements(items, needs);
  if (needs.audits) statements.push(auditStatement(audit));
  if (needs.publishes) statements.push(allow('Events', ['events:PutEvents'], [bus.eventBusArn]));
  if (needs.queue === 'send') statements.push(allow('Queue', ['sqs:SendMessage'], [clusterQueue.queueArn]));
  if (needs.queue === 'consume') {
    // What Lambda's poller does in the function's name.
    const actions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    statements.push(allow('Queue', actions, [clusterQueue.queueArn]));
  }
  if (needs.starts) {
    const machines = needs.starts.map((name) => `${machineArnPrefix()}${name}`);
    statements.push(allow('Starts', ['states:StartExecution'], machines));
  }
  if (needs.describes) {
    statements.push(allow('Looks', ['states:DescribeExecution'], needs.describes.map(executionArns)));
  }
  if (needs.readsAlarms) {
    // With less than everything DescribeAlarms returns no composite alarms (its API reference), and which alarms policies name is not known here.
    statements.push(allow('Alarms', ['cloudwatch:DescribeAlarms'], ['*']));
  }
  if (needs.asksWebhooks) {
    statements.push(allow('WebhookSecrets', ['secretsmanager:GetSecretValue'], [webhookSecrets()]));
  }
  if (needs.asksHooks) statements.push(...hookStatements());
  if (needs.tellsOwners && settings.ownerTopics.length > 0) {
    statements.push(allow('OwnerTopics', ['sns:Publish'], [...settings.ownerTopics]));
  }
  if (needs.assumesSpokeRole) statements.push(...assumeRoles(settings, spokeRolesOf(needs, settings.spokeRoleName)));
  // Organizations has no resource to name here; without an organization there is nothing to list.
  if (needs.listsAccounts && settings.organizationId !== undefined) {
    statements.push(allow('Accounts', ['organizations:ListAccounts'], ['*']));
  }
  return statements;
}

/** Who is asked policies name at any time; only what its owner has opened by the tag can be called, and only what was started to ask be looked at. */
function hookStatements(): PolicyStatement[] {
  const opened = { StringEquals: { [`aws:ResourceTag/${HOOK_TAG.key}`]: HOOK_TAG.value } };
  const tagged = (sid: string, actions: string[], resource: string) =>
    new PolicyStatement({ sid, actions, resources: [resource], conditions: opened });
  return [
    tagged('HookFunctions', ['lambda:InvokeFunction'], hookReceivers.functions()),
    tagged('HookMachines', ['states:DescribeStateMachine', 'states:StartExecution'], hookReceivers.machines()),
    // Executions have no tags.
    allow('HookExecutions', ['states:DescribeExecution'], [hookReceivers.executions()]),
  ];
}

/** The roles of an account that a function takes there: to look, and where it does so, to change nodes or to run Jobs. */
export const spokeRolesOf = (
  { assumesOperateRole, assumesHookRole }: FunctionNeeds,
  spokeRoleName: string,
): readonly string[] => [
  spokeRoleName,
  ...(assumesOperateRole ? [operateRoleName(spokeRoleName)] : []),
  ...(assumesHookRole ? [hookRoleName(spokeRoleName)] : []),
];

/**
 * Assuming them: in the hub's own account always, and in other accounts only where they are listed or belong to the organization. Without either, the
 * fleet is the hub's account. Accounts are listed in a condition, since a hundred of them with three roles each would be longer than a policy may be
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
 */
function assumeRoles({ accounts, organizationId }: Settings, roles: readonly string[]): PolicyStatement[] {
  const rolesIn = (account: string) => roles.map((role) => `arn:${Aws.PARTITION}:iam::${account}:role/${role}`);
  const inAny = (sid: string, conditions: Readonly<Record<string, string | readonly string[]>>) =>
    new PolicyStatement({
      ...{ sid, actions: ['sts:AssumeRole'], resources: rolesIn('*') },
      conditions: { StringEquals: conditions },
    });
  return [
    allow('SpokeRoles', ['sts:AssumeRole'], rolesIn(Aws.ACCOUNT_ID)),
    ...(accounts.length === 0 ? [] : [inAny('SpokeRolesOfTheAccounts', { 'aws:ResourceAccount': accounts })]),
    ...(organizationId === undefined
      ? []
      : [inAny('SpokeRolesOfTheOrganization', { 'aws:ResourceOrgID': organizationId })]),
  ];
}
