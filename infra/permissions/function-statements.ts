import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Aws } from 'aws-cdk-lib/core';
import type { FunctionNeeds } from '../../core/contracts/function-needs.ts';
import { HOOK_TAG } from '../../core/contracts/hook.ts';
import { hookRoleName, operateRoleName } from '../../core/contracts/names.ts';
import { executionArns, hookReceivers, machineArnPrefix, webhookSecrets } from '../names.ts';
import type { Settings } from '../settings/settings.ts';

/** The bucket of the audit's anchors. */
export interface BucketReference {
  readonly bucketName: string;
  readonly bucketArn: string;
}

/** The resources that functions use, beside the accounts of the fleet. */
export interface Reach {
  readonly items: TableReference;
  readonly audit: AuditReference;
  readonly anchors: BucketReference;
  readonly bus: EventBus;
  readonly clusterQueue: IQueue;
  readonly settings: Settings;
}

/** The whole policy of a function's role, except for logs and traces. */
export function functionStatements(needs: FunctionNeeds, reach: Reach): PolicyStatement[] {
  const { items, audit, anchors, bus, clusterQueue, settings } = reach;
  if (needs.anchors) {
    return [
      ...anchorStatements(audit),
      allow('Anchors', ['s3:GetObject', 's3:PutObject'], [`${anchors.bucketArn}/audit/*`]),
      // Without this permission S3 answers AccessDenied for an object that does not exist.
      allow('AnchorList', ['s3:ListBucket'], [anchors.bucketArn]),
    ];
  }
  const statements = itemStatements(items, needs);
  if (needs.audits) statements.push(auditStatement(audit));
  if (needs.publishes) statements.push(allow('Events', ['events:PutEvents'], [bus.eventBusArn]));
  if (needs.queue === 'send') statements.push(allow('Queue', ['sqs:SendMessage'], [clusterQueue.queueArn]));
  if (needs.queue === 'consume') {
    // Lambda's poller makes these calls with the function's role.
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
    // Without the resource `*` DescribeAlarms returns no composite alarms (its API reference). Which alarms policies name is unknown at deployment.
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
  // ListAccounts knows no resources. Without an organization there is nothing to list.
  if (needs.listsAccounts && settings.organizationId !== undefined) {
    statements.push(allow('Accounts', ['organizations:ListAccounts'], ['*']));
  }
  return statements;
}

/** Policies may name receivers at any time. Only those that their owner has opened by the tag can be called; executions have no tag. */
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

/** The roles that a function assumes in an account: the one that reads, and where the function needs them, those that change nodes or run Jobs. */
export const spokeRolesOf = (
  { assumesOperateRole, assumesHookRole }: FunctionNeeds,
  spokeRoleName: string,
): readonly string[] => [
  spokeRoleName,
  ...(assumesOperateRole ? [operateRoleName(spokeRoleName)] : []),
  ...(assumesHookRole ? [hookRoleName(spokeRoleName)] : []),
];

/**
 * Allows a function to assume the roles: always in the hub's own account, in the listed accounts, and in any account while it belongs to the
 * organization. Without either setting the fleet is the hub's account. A condition lists the accounts, because the ARNs of three roles in a hundred
 * accounts are longer than a policy may be (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
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

export const allow = (sid: string, actions: string[], resources: string[]): PolicyStatement =>
  new PolicyStatement({ sid, actions, resources });

/** A table of this stack or of another one, or a restored table. */
export interface TableReference {
  readonly tableName: string;
  readonly tableArn: string;
}

/** The audit table, with its stream. */
export interface AuditReference extends TableReference {
  readonly streamArn: string;
}

/** A transaction has no action of its own: IAM checks each of its parts like a single call. Liftlock deletes no item. */
const WRITES = {
  conditional: ['dynamodb:PutItem'],
  overwrite: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
} as const;

/** Permissions on the items: everybody reads by key, and a function gets the indexes and the kind of writes that it needs. */
function itemStatements(table: TableReference, needs: FunctionNeeds): PolicyStatement[] {
  const { indexes = [], writes, checks } = needs;
  const actions = [
    'dynamodb:BatchGetItem',
    'dynamodb:Query',
    ...(writes === undefined ? [] : WRITES[writes]),
    ...(checks ? ['dynamodb:ConditionCheckItem'] : []),
  ];
  const indexArns = indexes.map((index) => `${table.tableArn}/index/${index}`);
  return [
    allow('Items', actions, [table.tableArn]),
    ...(indexes.length === 0 ? [] : [allow('Indexes', ['dynamodb:Query'], indexArns)]),
  ];
}

/** Allows to append and to read back. The table's own policy denies every change of an item to everybody (stacks/state-stack.ts). */
const auditStatement = (table: TableReference): PolicyStatement =>
  allow('Audit', ['dynamodb:PutItem', 'dynamodb:Query'], [table.tableArn]);

/**
 * The daily sweep of `anchor-audit` scans the table, and Lambda's poller reads the stream with the function's role. ListStreams knows no resource,
 * and Lambda demands it.
 */
const anchorStatements = ({ tableArn, streamArn }: AuditReference): PolicyStatement[] => [
  allow('AuditSweep', ['dynamodb:Scan'], [tableArn]),
  allow('AuditStream', ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [streamArn]),
  allow('Streams', ['dynamodb:ListStreams'], ['*']),
];
