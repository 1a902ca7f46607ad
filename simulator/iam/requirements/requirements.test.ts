import { HUB, REGION, SPOKE } from '../../../test/material/iam/accounts.ts';
import { arn, SAMPLE_CALLS, sampleLookups } from '../../../test/material/iam/sample-calls.ts';
import { SERVICE_NAMES, type ServiceName } from '../../wire/aws-call.ts';
import type { Lookups } from './requirement.ts';
import { REQUIREMENT_ROWS, requirements } from './requirements.ts';

function needs(service: ServiceName, operation: string, input: object, lookups: Lookups = sampleLookups) {
  return requirements({ service, operation, input, region: REGION }, HUB, lookups);
}

/** `action resource` of each. */
function said(service: ServiceName, operation: string, input: object): string[] {
  return needs(service, operation, input).map(({ action, resource }) => `${action} ${resource}`);
}

const cluster = arn('eks', 'cluster/prod');
const nodegroup = arn('eks', 'nodegroup/prod/blue/7ac0');
const table = arn('dynamodb', 'table/liftlock');
const group = arn('logs', 'log-group:/aws/lambda/x');

const rows: [ServiceName, string, object, string[]][] = [
  ['eks', 'UpdateClusterVersion', { name: 'prod', version: '1.36' }, [`eks:UpdateClusterVersion ${cluster}`]],
  ['eks', 'DescribeInsight', { clusterName: 'prod', id: '1' }, [`eks:DescribeInsight ${cluster}`]],
  ['eks', 'ListClusters', {}, ['eks:ListClusters *']],
  ['eks', 'DescribeNodegroup', { clusterName: 'prod', nodegroupName: 'blue' }, [`eks:DescribeNodegroup ${nodegroup}`]],
  [
    'eks',
    'DescribeNodegroup',
    { clusterName: 'prod', nodegroupName: 'gone' },
    [`eks:DescribeNodegroup ${arn('eks', 'nodegroup/prod/gone/*')}`],
  ],
  ['eks', 'DescribeUpdate', { name: 'prod', updateId: '1' }, [`eks:DescribeUpdate ${cluster}`]],
  [
    'eks',
    'DescribeUpdate',
    { name: 'prod', updateId: '1', nodegroupName: 'blue' },
    [`eks:DescribeUpdate ${cluster}`, `eks:DescribeUpdate ${nodegroup}`],
  ],
  [
    'eks',
    'ListUpdates',
    { name: 'prod', addonName: 'coredns' },
    [`eks:ListUpdates ${cluster}`, `eks:ListUpdates ${arn('eks', 'addon/prod/coredns/1bd1')}`],
  ],
  [
    'eks',
    'DescribeAccessEntry',
    { clusterName: 'prod', principalArn: `arn:aws:iam::${HUB}:role/team/gone` },
    [`eks:DescribeAccessEntry ${arn('eks', `access-entry/prod/role/${HUB}/gone/*`)}`],
  ],
  ['states', 'StartExecution', { stateMachineArn: 'arn:m' }, ['states:StartExecution arn:m']],
  ['states', 'DescribeExecution', { executionArn: 'arn:e' }, ['states:DescribeExecution arn:e']],
  [
    'states',
    'SendTaskSuccess',
    { taskToken: 'waiting' },
    [`states:SendTaskSuccess ${arn('states', 'stateMachine:liftlock-upgrade-cluster')}`],
  ],
  ['states', 'SendTaskSuccess', { taskToken: 'nobody' }, ['states:SendTaskSuccess *']],
  ['events', 'DescribeRule', { Name: 'wake' }, [`events:DescribeRule ${arn('events', 'rule/wake')}`]],
  [
    'events',
    'DescribeRule',
    { Name: 'wake', EventBusName: 'default' },
    [`events:DescribeRule ${arn('events', 'rule/wake')}`],
  ],
  [
    'events',
    'ListTargetsByRule',
    { Rule: 'wake', EventBusName: 'lift' },
    [`events:ListTargetsByRule ${arn('events', 'rule/lift/wake')}`],
  ],
  [
    'events',
    'DescribeRule',
    { Name: 'wake', EventBusName: arn('events', 'event-bus/lift') },
    [`events:DescribeRule ${arn('events', 'rule/lift/wake')}`],
  ],
  [
    'events',
    'PutEvents',
    {
      Entries: [
        { EventBusName: 'lift' },
        {},
        { EventBusName: `arn:aws:events:${REGION}:${SPOKE}:event-bus/other` },
        { EventBusName: 'lift' },
      ],
    },
    [
      `events:PutEvents ${arn('events', 'event-bus/lift')}`,
      `events:PutEvents ${arn('events', 'event-bus/default')}`,
      `events:PutEvents arn:aws:events:${REGION}:${SPOKE}:event-bus/other`,
    ],
  ],
  ['events', 'PutEvents', {}, [`events:PutEvents ${arn('events', 'event-bus/default')}`]],
  [
    'sqs',
    'SendMessageBatch',
    { QueueUrl: `http://localhost:1/${SPOKE}/q` },
    [`sqs:SendMessage arn:aws:sqs:${REGION}:${SPOKE}:q`],
  ],
  [
    'sqs',
    'DeleteMessageBatch',
    { QueueUrl: `https://sqs.eu-west-1.amazonaws.com/${HUB}/q` },
    [`sqs:DeleteMessage ${arn('sqs', 'q')}`],
  ],
  ['sqs', 'SendMessage', { QueueUrl: 'q' }, [`sqs:SendMessage ${arn('sqs', '*')}`]],
  [
    'sqs',
    'GetQueueUrl',
    { QueueName: 'q', QueueOwnerAWSAccountId: SPOKE },
    [`sqs:GetQueueUrl arn:aws:sqs:${REGION}:${SPOKE}:q`],
  ],
  ['sns', 'PublishBatch', { TopicArn: 'arn:t' }, ['sns:Publish arn:t']],
  ['sns', 'Publish', { PhoneNumber: '+1' }, ['sns:Publish *']],
  [
    'sns',
    'Unsubscribe',
    { SubscriptionArn: `${arn('sns', 'topic')}:7ac0` },
    [`sns:Unsubscribe ${arn('sns', 'topic')}`],
  ],
  ['logs', 'DescribeLogGroups', {}, [`logs:DescribeLogGroups ${arn('logs', 'log-group::log-stream:')}`]],
  ['logs', 'FilterLogEvents', { logGroupName: '/aws/lambda/x' }, [`logs:FilterLogEvents ${group}:log-stream:`]],
  ['logs', 'FilterLogEvents', { logGroupIdentifier: `${group}:*` }, [`logs:FilterLogEvents ${group}:log-stream:`]],
  [
    'logs',
    'PutLogEvents',
    { logGroupName: '/aws/lambda/x', logStreamName: 'one' },
    [`logs:PutLogEvents ${group}:log-stream:one`],
  ],
  ['monitoring', 'PutMetricData', { Namespace: 'Liftlock' }, ['cloudwatch:PutMetricData *']],
  ['monitoring', 'DescribeAlarms', {}, [`cloudwatch:DescribeAlarms ${arn('cloudwatch', 'alarm:*')}`]],
  [
    'monitoring',
    'DescribeAlarms',
    { AlarmNames: ['late'] },
    [`cloudwatch:DescribeAlarms ${arn('cloudwatch', 'alarm:late')}`],
  ],
  [
    'monitoring',
    'DescribeAlarms',
    { AlarmNames: ['late'], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
    [`cloudwatch:DescribeAlarms ${arn('cloudwatch', 'alarm:*')}`],
  ],
  [
    'secretsmanager',
    'GetSecretValue',
    { SecretId: `arn:aws:secretsmanager:${REGION}:${SPOKE}:secret:liftlock/gate-a1b2c3` },
    [`secretsmanager:GetSecretValue arn:aws:secretsmanager:${REGION}:${SPOKE}:secret:liftlock/gate-a1b2c3`],
  ],
  ['organizations', 'ListAccounts', {}, ['organizations:ListAccounts *']],
  ['ssm', 'GetParameter', { Name: '/a/b' }, [`ssm:GetParameter ${arn('ssm', 'parameter/a/b')}`]],
  ['ssm', 'GetParameter', { Name: 'a' }, [`ssm:GetParameter ${arn('ssm', 'parameter/a')}`]],
  [
    'ssm',
    'GetParameters',
    { Names: ['/aws/service/x'] },
    [`ssm:GetParameters arn:aws:ssm:${REGION}::parameter/aws/service/x`],
  ],
  [
    'scheduler',
    'GetSchedule',
    { Name: 'tick' },
    [`scheduler:GetSchedule ${arn('scheduler', 'schedule/default/tick')}`],
  ],
  ['sts', 'GetCallerIdentity', {}, []],
  ['dynamodb', 'Query', { TableName: 'liftlock' }, [`dynamodb:Query ${table}`]],
  ['dynamodb', 'Query', { TableName: 'liftlock', IndexName: 'kind' }, [`dynamodb:Query ${table}/index/kind`]],
  ['dynamodb', 'GetItem', { TableName: table.replace(HUB, SPOKE) }, [`dynamodb:GetItem ${table.replace(HUB, SPOKE)}`]],
  [
    'dynamodb',
    'BatchGetItem',
    { RequestItems: { a: {}, b: {} } },
    ['a', 'b'].map((name) => `dynamodb:BatchGetItem ${arn('dynamodb', `table/${name}`)}`),
  ],
  ['dynamodb', 'BatchWriteItem', {}, [`dynamodb:BatchWriteItem ${arn('dynamodb', 'table/*')}`]],
  ['dynamodb', 'TransactWriteItems', { TransactItems: [{}] }, [`dynamodb:PutItem ${arn('dynamodb', 'table/*')}`]],
  [
    'dynamodb',
    'TransactWriteItems',
    {
      TransactItems: [
        { Put: { TableName: 'liftlock' } },
        { Update: { TableName: 'liftlock' } },
        { Put: { TableName: 'audit' } },
        { Put: { TableName: 'liftlock' } },
        { ConditionCheck: { TableName: 'liftlock' } },
        { Delete: { TableName: 'liftlock' } },
      ],
    },
    [
      `dynamodb:PutItem ${table}`,
      `dynamodb:UpdateItem ${table}`,
      `dynamodb:PutItem ${arn('dynamodb', 'table/audit')}`,
      `dynamodb:ConditionCheckItem ${table}`,
      `dynamodb:DeleteItem ${table}`,
    ],
  ],
  [
    'monitoring',
    'PutAlarmMuteRule',
    { Name: 'night', MuteTargets: { AlarmNames: ['errors', 'late'] } },
    ['alarm-mute-rule:night', 'alarm:errors', 'alarm:late'].map(
      (resource) => `cloudwatch:PutAlarmMuteRule ${arn('cloudwatch', resource)}`,
    ),
  ],
  [
    'dynamodb',
    'TransactGetItems',
    { TransactItems: [{ Get: { TableName: 'liftlock' } }] },
    [`dynamodb:GetItem ${table}`],
  ],
];

it.each(rows)('%s %s of %j needs %j', (service, operation, input, expected) => {
  expect(said(service, operation, input)).toEqual(expected);
});

describe('condition keys', () => {
  const context = (service: ServiceName, operation: string, input: object, lookups = sampleLookups) =>
    needs(service, operation, input, lookups)[0]?.context;

  it('of every call say its Region', () => {
    const none = { 'aws:ResourceTag/*': null };
    expect(context('eks', 'ListClusters', {})).toEqual({ 'aws:RequestedRegion': REGION, ...none });
    expect(context('eks', 'DescribeCluster', { name: 'prod' })).toEqual({ 'aws:RequestedRegion': REGION });
  });

  it('of a transaction say that it is one', () => {
    const put = { TableName: 'liftlock', Item: { pk: { S: 'fleet' } } };
    expect(context('dynamodb', 'PutItem', put)).toMatchObject({ 'dynamodb:EnclosingOperation': null });
    expect(context('dynamodb', 'TransactWriteItems', { TransactItems: [{ Put: put }] })).toMatchObject({
      'dynamodb:EnclosingOperation': 'TransactWriteItems',
    });
  });

  it('say the keys of items where the table says which they are', () => {
    const put = (TableName: string, pk: string) => ({ Put: { TableName, Item: { pk: { S: pk } } } });
    const keys = (TransactItems: object[]) =>
      context('dynamodb', 'TransactWriteItems', { TransactItems })?.['dynamodb:LeadingKeys'];
    expect(keys([put('liftlock', 'a'), put('liftlock', 'b'), put('liftlock', 'a')])).toEqual(['a', 'b']);
    expect(keys([put('audit', 'a')])).toBeUndefined();
    expect(keys([put('liftlock', 'a'), { Put: { TableName: 'liftlock', Item: {} } }])).toBeUndefined();
    expect(context('dynamodb', 'Query', { TableName: 'liftlock' })).not.toHaveProperty('dynamodb:LeadingKeys');
  });

  it('say what an event is and what a cluster becomes', () => {
    const Entries = [
      { Source: 'a', DetailType: 'x' },
      { Source: 'b', DetailType: 'x' },
    ];
    expect(context('events', 'PutEvents', { Entries })).toMatchObject({
      'events:source': ['a', 'b'],
      'events:detail-type': ['x'],
    });
    expect(context('eks', 'UpdateClusterVersion', { name: 'prod', version: '1.36' })).toMatchObject({
      'eks:kubernetesVersion': '1.36',
    });
    const config = { name: 'prod', resourcesVpcConfig: { endpointPublicAccess: false } };
    expect(context('eks', 'UpdateClusterConfig', config)).toMatchObject({
      'eks:endpointPublicAccess': 'false',
      'eks:endpointPrivateAccess': null,
    });
    expect(
      context('states', 'StartExecution', { stateMachineArn: 'arn:aws:states:r:1:stateMachine:a:live' }),
    ).toMatchObject({
      'states:StateMachineQualifier': 'live',
    });
  });

  it('say the tags of a resource where they are known', () => {
    const lookups = { ...sampleLookups, tagsOf: () => ({ team: 'lock' }) };
    expect(context('eks', 'DescribeCluster', { name: 'prod' }, lookups)).toMatchObject({
      'aws:ResourceTag/team': 'lock',
      'aws:ResourceTag/*': null,
    });
    expect(context('eks', 'DescribeCluster', { name: 'prod' })).not.toHaveProperty('aws:ResourceTag/*');
  });
});

describe('what EKS checks beside a call', () => {
  it('is whether the caller may pass the roles of an add-on', () => {
    const input = {
      clusterName: 'prod',
      addonName: 'coredns',
      serviceAccountRoleArn: 'arn:a',
      podIdentityAssociations: [{ roleArn: 'arn:b' }],
    };
    expect(needs('eks', 'UpdateAddon', input).slice(1)).toMatchObject(
      ['arn:a', 'arn:b'].map((resource) => ({
        action: 'iam:PassRole',
        resource,
        context: { 'iam:PassedToService': 'eks.amazonaws.com' },
      })),
    );
  });

  it('is whether the caller may launch what a launch template says', () => {
    const ec2 = (resource: string) => arn('ec2', resource);
    expect(said('eks', 'UpdateNodegroupVersion', { clusterName: 'prod', nodegroupName: 'blue' })).toEqual([
      `eks:UpdateNodegroupVersion ${nodegroup}`,
      'ec2:DescribeLaunchTemplates *',
      'ec2:DescribeLaunchTemplateVersions *',
      'ec2:DescribeSubnets *',
      `ssm:GetParameters arn:aws:ssm:${REGION}::parameter/aws/service/eks/image_id`,
      `ec2:RunInstances ${ec2('launch-template/lt-1')}`,
      `ec2:RunInstances arn:aws:ec2:${REGION}::image/*`,
      `ec2:RunInstances ${ec2('instance/*')}`,
      `ec2:RunInstances ${ec2('network-interface/*')}`,
      `ec2:RunInstances ${ec2('volume/*')}`,
      `ec2:RunInstances ${ec2('subnet/subnet-1')}`,
      `ec2:RunInstances ${ec2('security-group/sg-1')}`,
      `ec2:CreateTags ${ec2('instance/*')}`,
      `ec2:CreateTags ${ec2('volume/*')}`,
    ]);
  });

  it('is nothing for a group without a launch template of its own', () => {
    expect(said('eks', 'UpdateNodegroupVersion', { clusterName: 'prod', nodegroupName: 'green' })).toHaveLength(1);
  });
});

describe('an operation without a row', () => {
  it.each([
    ['eks', 'CreateAddon'],
    ['sqs', 'toString'],
    ['sts', 'AssumeRoleWithSAML'],
  ] as const)('of %s is refused by its name: %s', (service, operation) => {
    expect(() => needs(service, operation, {})).toThrow(
      expect.objectContaining({
        name: 'NotImplemented',
        status: 501,
        message: expect.stringContaining(`${service}:${operation} has no row`),
      }),
    );
  });
});

it('there is a sample of every row, and needs nothing only where STS is asked', () => {
  for (const service of SERVICE_NAMES) {
    expect(Object.keys(SAMPLE_CALLS[service]).sort()).toEqual(Object.keys(REQUIREMENT_ROWS[service]).sort());
    for (const [operation, input] of Object.entries(SAMPLE_CALLS[service])) {
      expect([operation, needs(service, operation, input).length > 0]).toEqual([operation, service !== 'sts']);
      // The service refuses input without any member, but it needs a permission nevertheless.
      expect([operation, needs(service, operation, {}).length > 0]).toEqual([operation, service !== 'sts']);
    }
  }
});
