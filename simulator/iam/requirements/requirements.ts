import { type AwsCall, AwsFault, type ServiceName } from '../../wire/aws-call.ts';
import { arnOf, nameOrArn } from './arns.ts';
import { dynamodbRows } from './dynamodb.ts';
import { eksRows } from './eks.ts';
import { eventsRows } from './events.ts';
import { record, text, textOrAny, texts } from './input-members.ts';
import type { CallFacts, Lookups, Requirement, RequirementRows } from './requirement.ts';
import { actionOn, need, on, onNoResource } from './row-kinds.ts';
import { s3Rows } from './s3.ts';
import {
  apsRows,
  backupRows,
  ec2Rows,
  iamRows,
  kmsRows,
  lambdaRows,
  organizationsRows,
  quotasRows,
  schedulerRows,
  secretsRows,
  ssmRows,
  stsRows,
} from './small-services.ts';
import { statesRows } from './states.ts';

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
