import { type AwsCall, AwsFault, type ServiceName } from '../../wire/aws-call.ts';
import type { RequestContext } from '../conditions/request-context.ts';
import { dynamodbRows } from './dynamodb.ts';
import { eksRows } from './eks.ts';
import { passRole } from './eks-on-behalf.ts';
import { eventsRows } from './events.ts';
import type { CallFacts, Lookups, Requirement, RequirementRow, RequirementRows } from './requirement.ts';
import {
  actionOn,
  arnOf,
  nameOrArn,
  need,
  on,
  onNoResource,
  PARTITION,
  record,
  text,
  textOrAny,
  texts,
} from './row-kinds.ts';

const machine = ({ input }: CallFacts) => textOrAny(input, 'stateMachineArn');
const execution = ({ input }: CallFacts) => textOrAny(input, 'executionArn');

/** The version or alias at the end of a machine's ARN: `…:stateMachine:name:live`. */
function qualifierOf(arn: string): string | null {
  return /:stateMachine:[^:]+:([^:]+)$/.exec(arn)?.[1] ?? null;
}

const onMachine: RequirementRow = (call) => {
  const resource = machine(call);
  return [need(call, call.operation, resource, { 'states:StateMachineQualifier': qualifierOf(resource) })];
};

/**
 * IAM's table has no resource for these actions, but AWS's own tools grant them on the state machine. Both kinds of grant cover the machine's ARN.
 */
const onWaitingMachine: RequirementRow = (call) => {
  const { lookups, region, account, input } = call;
  return [
    need(call, call.operation, lookups.arnOf('task-token', [textOrAny(input, 'taskToken')], region, account) ?? '*'),
  ];
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
const statesRows: RequirementRows = {
  CreateStateMachine: (call) => [
    need(call, 'CreateStateMachine', arnOf('states', call, `stateMachine:${textOrAny(call.input, 'name')}`)),
    passRole(textOrAny(call.input, 'roleArn'), 'states.amazonaws.com'),
  ],
  TagResource: on((call) => textOrAny(call.input, 'resourceArn')),
  DescribeExecution: on(execution),
  DescribeStateMachine: onMachine,
  DescribeStateMachineForExecution: on(execution),
  GetExecutionHistory: on(execution),
  ListExecutions: onMachine,
  ListStateMachines: onNoResource,
  RedriveExecution: on(execution),
  SendTaskFailure: onWaitingMachine,
  SendTaskHeartbeat: onWaitingMachine,
  SendTaskSuccess: onWaitingMachine,
  StartExecution: onMachine,
  StopExecution: on(execution),
};

/** The ARN of a bucket or an object, which contains neither Region nor account. */
export const s3Arn = (path: string): string => `arn:${PARTITION}:s3:::${path}`;

const bucket = ({ input }: CallFacts): string => s3Arn(textOrAny(input, 'Bucket'));
const object = (call: CallFacts): string => `${bucket(call)}/${textOrAny(call.input, 'Key')}`;

const asked = ({ input }: CallFacts): RequestContext => ({
  's3:prefix': text(input, 'Prefix') ?? null,
  's3:max-keys': text(input, 'MaxKeys') ?? null,
  's3:delimiter': null,
});

/** Reading a version is an action of its own. */
const getObject: RequirementRow = (call) => {
  const version = text(call.input, 'VersionId');
  return version === undefined
    ? [need(call, 'GetObject', object(call))]
    : [need(call, 'GetObjectVersion', object(call), { 's3:versionid': version })];
};

/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html; the actions of lists have other names than their operations.
 */
const s3Rows: RequirementRows = {
  GetObject: getObject,
  ListObjectVersions: (call) => [need(call, 'ListBucketVersions', bucket(call), asked(call))],
  ListObjectsV2: (call) => [need(call, 'ListBucket', bucket(call), asked(call))],
  PutObject: (call) => [
    need(call, 'PutObject', object(call), { 's3:if-none-match': text(call.input, 'IfNoneMatch') ?? null }),
  ],
};

/** Parameters of AWS belong to no account. */
function parameter(call: CallFacts, given: string): string {
  return nameOrArn(given, (name) => {
    const path = name.replace(/^\//, '');
    const account = path.startsWith('aws/service/') ? '' : call.account;
    return arnOf('ssm', { region: call.region, account }, `parameter/${path}`);
  });
}

const ssmRows: RequirementRows = {
  GetParameter: on((call) => parameter(call, textOrAny(call.input, 'Name'))),
  GetParameters: (call) => {
    const names = texts(call.input, 'Names');
    return (names.length === 0 ? ['*'] : names).map((name) => need(call, 'GetParameters', parameter(call, name)));
  },
};

/** The six characters that AWS adds to a name do not follow from it. */
const secret = (call: CallFacts, member: string): string =>
  nameOrArn(textOrAny(call.input, member), (name) => arnOf('secretsmanager', call, `secret:${name}`));

const secretsRows: RequirementRows = {
  CreateSecret: on((call) => secret(call, 'Name')),
  GetSecretValue: on((call) => secret(call, 'SecretId')),
  PutSecretValue: on((call) => secret(call, 'SecretId')),
};

const schedulerRows: RequirementRows = {
  GetSchedule: on((call) => {
    const group = text(call.input, 'GroupName') ?? 'default';
    return arnOf('scheduler', call, `schedule/${group}/${textOrAny(call.input, 'Name')}`);
  }),
  ListScheduleGroups: onNoResource,
  ListSchedules: onNoResource,
};

const role = ({ account, input }: CallFacts) => `arn:${PARTITION}:iam::${account}:role/${textOrAny(input, 'RoleName')}`;

const iamRows: RequirementRows = { CreateRole: on(role), GetRole: on(role), PutRolePolicy: on(role) };

const lambdaFunction = (call: CallFacts): string =>
  nameOrArn(textOrAny(call.input, 'FunctionName'), (name) => arnOf('lambda', call, `function:${name}`));

const lambdaRows: RequirementRows = {
  CreateFunction: (call) => [
    need(call, 'CreateFunction', lambdaFunction(call)),
    passRole(textOrAny(call.input, 'Role'), 'lambda.amazonaws.com'),
  ],
  Invoke: (call) => {
    const context = { 'lambda:EventSourceToken': null, 'lambda:InvokedViaFunctionUrl': null };
    return [need(call, 'InvokeFunction', lambdaFunction(call), context)];
  },
  TagResource: on((call) => textOrAny(call.input, 'Resource')),
};

const kmsRows: RequirementRows = {
  DescribeKey(call) {
    const key = nameOrArn(textOrAny(call.input, 'KeyId'), (id) => arnOf('kms', call, `key/${id}`));
    // The default policy of a key: IAM of the key's own account decides (KMS, default key policy).
    const root = { AWS: `arn:${PARTITION}:iam::${key.split(':')[4]}:root` };
    const Statement = [{ Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }];
    return [{ ...need(call, 'DescribeKey', key), resourcePolicy: { Version: '2012-10-17', Statement } }];
  },
};

const quotasRows: RequirementRows = {
  GetServiceQuota: on((call) => {
    const { input } = call;
    return arnOf('servicequotas', call, `${textOrAny(input, 'ServiceCode')}/${textOrAny(input, 'QuotaCode')}`);
  }),
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmanagedserviceforprometheus.html */
const apsRows: RequirementRows = {
  QueryMetrics: on((call) => arnOf('aps', call, `workspace/${textOrAny(call.input, 'workspaceId')}`)),
};

const backupRows: RequirementRows = {
  ListRecoveryPointsByBackupVault: on((call) =>
    arnOf('backup', call, `backup-vault:${textOrAny(call.input, 'BackupVaultName')}`),
  ),
};

/** IAM needs a template's id also where the request has its name; ids of templates that a dump only names are generated (eks-lookups.ts). */
const launchTemplate = (call: CallFacts): string =>
  arnOf(
    'ec2',
    call,
    `launch-template/${text(call.input, 'LaunchTemplateId') ?? `lt-of-${textOrAny(call.input, 'LaunchTemplateName')}`}`,
  );

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
const ec2Rows: RequirementRows = {
  CreateLaunchTemplateVersion: on(launchTemplate),
  DescribeImages: onNoResource,
  DescribeInstanceTypes: onNoResource,
  DescribeLaunchTemplates: onNoResource,
  DescribeLaunchTemplateVersions: onNoResource,
  DescribeSecurityGroups: onNoResource,
  DescribeSubnets: onNoResource,
};

const organizationsRows: RequirementRows = {
  DescribeOrganization: onNoResource,
  ListAccounts: onNoResource,
};

/** Every signer may call GetCallerIdentity, even under an explicit deny. `sessions/assume-role.ts` decides AssumeRole, which has two sides. */
const stsRows: RequirementRows = {
  AssumeRole: () => [],
  GetCallerIdentity: () => [],
};

/** The queue of a URL, which ends with its account and name whatever its host. */
function queue(call: CallFacts): string {
  const url = textOrAny(call.input, 'QueueUrl');
  const [account = call.account, name = '*'] = /\/(\d{12})\/([^/]+)$/.exec(url)?.slice(1) ?? [];
  return arnOf('sqs', { region: call.region, account }, name);
}

function queueByName(call: CallFacts): string {
  const account = text(call.input, 'QueueOwnerAWSAccountId') ?? call.account;
  return arnOf('sqs', { region: call.region, account }, textOrAny(call.input, 'QueueName'));
}

/** Batch operations are no actions: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
const sqsRows: RequirementRows = {
  ChangeMessageVisibility: on(queue),
  DeleteMessage: on(queue),
  DeleteMessageBatch: actionOn('DeleteMessage', queue),
  GetQueueAttributes: on(queue),
  GetQueueUrl: on(queueByName),
  ListQueues: onNoResource,
  PurgeQueue: on(queue),
  ReceiveMessage: on(queue),
  SendMessage: on(queue),
  SendMessageBatch: actionOn('SendMessage', queue),
};

const topic = ({ input }: CallFacts) => textOrAny(input, 'TopicArn');

/** A message may also go to an endpoint, or to a telephone number, which has no ARN. */
const target = ({ input }: CallFacts) => text(input, 'TopicArn') ?? text(input, 'TargetArn') ?? '*';

/** A subscription's ARN is its topic's with an id. */
const topicOfSubscription = ({ input }: CallFacts) => textOrAny(input, 'SubscriptionArn').replace(/:[^:]*$/, '');

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
const snsRows: RequirementRows = {
  GetTopicAttributes: on(topic),
  ListSubscriptions: onNoResource,
  ListSubscriptionsByTopic: on(topic),
  ListTopics: onNoResource,
  Publish: on(target),
  PublishBatch: actionOn('Publish', topic),
  Subscribe: (call) => [
    need(call, 'Subscribe', topic(call), {
      'sns:Protocol': text(call.input, 'Protocol') ?? null,
      'sns:Endpoint': text(call.input, 'Endpoint') ?? null,
    }),
  ],
  Unsubscribe: on(topicOfSubscription),
};

const muteRule = (call: CallFacts) =>
  arnOf('cloudwatch', call, `alarm-mute-rule:${textOrAny(call.input, 'AlarmMuteRuleName')}`);

const onTagged = on((call) => textOrAny(call.input, 'ResourceARN'));

const onAlarm = on((call) => arnOf('cloudwatch', call, `alarm:${textOrAny(call.input, 'AlarmName')}`));

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
const monitoringRows: RequirementRows = {
  DeleteAlarmMuteRule: on(muteRule),
  DescribeAlarms: (call) => {
    const names = texts(call.input, 'AlarmNames');
    // Composite alarms need the permission on everything (API reference of DescribeAlarms).
    const whole = names.length === 0 || texts(call.input, 'AlarmTypes').includes('CompositeAlarm');
    const asked = whole ? ['*'] : names;
    return asked.map((name) => need(call, 'DescribeAlarms', arnOf('cloudwatch', call, `alarm:${name}`)));
  },
  GetAlarmMuteRule: on(muteRule),
  GetMetricData: onNoResource,
  GetMetricStatistics: onNoResource,
  ListAlarmMuteRules: on((call) => arnOf('cloudwatch', call, 'alarm-mute-rule:*')),
  ListMetrics: onNoResource,
  ListTagsForResource: onTagged,
  // On the rule, and on each alarm that it mutes (API reference of PutAlarmMuteRule).
  PutAlarmMuteRule: (call) =>
    [
      `alarm-mute-rule:${textOrAny(call.input, 'Name')}`,
      ...texts(record(call.input.MuteTargets), 'AlarmNames').map((name) => `alarm:${name}`),
    ].map((resource) => need(call, 'PutAlarmMuteRule', arnOf('cloudwatch', call, resource))),
  PutMetricAlarm: onAlarm,
  PutMetricData: (call) => [
    need(call, 'PutMetricData', '*', { 'cloudwatch:namespace': text(call.input, 'Namespace') ?? null }),
  ],
  SetAlarmState: onAlarm,
  TagResource: onTagged,
  UntagResource: onTagged,
};

function group(call: CallFacts): string {
  const name = text(call.input, 'logGroupIdentifier') ?? textOrAny(call.input, 'logGroupName');
  return nameOrArn(name, (own) => arnOf('logs', call, `log-group:${own}`)).replace(/:\*$/, '');
}

/** Actions on a group are decided on `…:log-stream:` without a name, so that grants on `<group>:*` cover them and those on `<group>` do not. */
const streamsOfGroup = (call: CallFacts) => `${group(call)}:log-stream:`;
const stream = (call: CallFacts) => `${group(call)}:log-stream:${textOrAny(call.input, 'logStreamName')}`;
/** The form in AWS's denials: https://github.com/hashicorp/terraform-provider-aws/issues/8804 */
const allGroups = (call: CallFacts) => arnOf('logs', call, 'log-group::log-stream:');

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
const logsRows: RequirementRows = {
  CreateLogStream: on(stream),
  DescribeLogGroups: on(allGroups),
  DescribeLogStreams: on(streamsOfGroup),
  FilterLogEvents: on(streamsOfGroup),
  GetLogEvents: on(stream),
  PutLogEvents: on(stream),
};

/** The permissions of the local cloud's operations, one row each. */
export const REQUIREMENT_ROWS: Readonly<Record<ServiceName, RequirementRows>> = {
  aps: apsRows,
  backup: backupRows,
  dynamodb: dynamodbRows,
  ec2: ec2Rows,
  eks: eksRows,
  events: eventsRows,
  iam: iamRows,
  kms: kmsRows,
  lambda: lambdaRows,
  logs: logsRows,
  monitoring: monitoringRows,
  organizations: organizationsRows,
  s3: s3Rows,
  scheduler: schedulerRows,
  secretsmanager: secretsRows,
  servicequotas: quotasRows,
  sns: snsRows,
  sqs: sqsRows,
  ssm: ssmRows,
  states: statesRows,
  sts: stsRows,
};

/**
 * All permissions that a call in the account needs, which must all be allowed. Empty for a call that needs none. Throws `NotImplemented` with the
 * name of an operation without a row, so that no such call is allowed.
 */
export function requirements(
  call: Pick<AwsCall, 'service' | 'operation' | 'input' | 'region'>,
  account: string,
  lookups: Lookups,
): Requirement[] {
  const { service, operation, region } = call;
  const rows = REQUIREMENT_ROWS[service];
  const row = Object.hasOwn(rows, operation) ? rows[operation] : undefined;
  if (row === undefined) {
    const text = `${service}:${operation} has no row that says which permissions it needs (simulator/iam/requirements)`;
    throw new AwsFault('NotImplemented', text, { status: 501 });
  }
  const needed = row({ service, operation, input: record(call.input), region, account, lookups });
  return needed.map((each) => ({ ...each, context: { 'aws:RequestedRegion': region, ...each.context } }));
}
