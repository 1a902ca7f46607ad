import type { Lookups } from '../../../simulator/iam/requirements/requirement.ts';
import type { ServiceName } from '../../../simulator/wire/aws-call.ts';
import { HUB, REGION } from './accounts.ts';

/** ARNs of Region and account of the samples. */
export const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${HUB}:${resource}`;

const KNOWN: Readonly<Record<string, string>> = {
  'nodegroup prod blue': arn('eks', 'nodegroup/prod/blue/7ac0'),
  'addon prod coredns': arn('eks', 'addon/prod/coredns/1bd1'),
  'fargateprofile prod system': arn('eks', 'fargateprofile/prod/system/2ce2'),
  [`access-entry prod arn:aws:iam::${HUB}:role/team/deployer`]: arn(
    'eks',
    `access-entry/prod/role/${HUB}/deployer/3df3`,
  ),
  'task-token waiting': arn('states', 'stateMachine:liftlock-upgrade-cluster'),
};

/** A world with a node group of its own launch template, and one table whose key is known. */
export const sampleLookups: Lookups = {
  arnOf: (kind, names) => KNOWN[[kind, ...names].join(' ')],
  launchTemplateOf: (_, nodegroup) =>
    nodegroup === 'blue'
      ? {
          launchTemplateId: 'lt-1',
          imageId: 'resolve:ssm:/aws/service/eks/image_id',
          taken: [arn('ec2', 'subnet/subnet-1'), arn('ec2', 'security-group/sg-1')],
          taggedResourceTypes: ['instance', 'volume'],
        }
      : undefined,
  partitionKeyOf: (table) => (table.endsWith('table/liftlock') ? 'pk' : undefined),
};

const QUEUE = { QueueUrl: `http://127.0.0.1:4566/${HUB}/clusters` };
const MACHINE = { stateMachineArn: arn('states', 'stateMachine:liftlock-scan-cluster') };
const EXECUTION = { executionArn: arn('states', 'execution:liftlock-scan-cluster:run') };
const NODEGROUP = { clusterName: 'prod', nodegroupName: 'blue' };
const ADDON = { clusterName: 'prod', addonName: 'coredns' };
const ENTRY = { clusterName: 'prod', principalArn: `arn:aws:iam::${HUB}:role/team/deployer` };
const TOPIC = { TopicArn: arn('sns', 'notifications') };
const STREAM = { logGroupName: '/aws/lambda/liftlock-api', logStreamName: 'one' };
const GROUP = { logGroupName: '/aws/lambda/liftlock-api' };
const KEY = { pk: { S: 'fleet' }, sk: { S: 'config' } };
const ITEM = { TableName: 'liftlock', Key: KEY };
const ROLE = `arn:aws:iam::${HUB}:role/liftlock-ebs`;
const TASK = { taskToken: 'waiting' };

/** One input for each operation of the local cloud, in which everything is there that its row looks at. */
export const SAMPLE_CALLS: Readonly<Record<ServiceName, Readonly<Record<string, object>>>> = {
  dynamodb: {
    BatchGetItem: { RequestItems: { liftlock: { Keys: [KEY] } } },
    BatchWriteItem: {
      RequestItems: { liftlock: [{ PutRequest: { Item: KEY } }], audit: [{ DeleteRequest: { Key: KEY } }] },
    },
    DeleteItem: { ...ITEM, ReturnValues: 'NONE', ReturnConsumedCapacity: 'TOTAL' },
    DescribeTable: { TableName: 'liftlock' },
    DescribeTimeToLive: { TableName: 'liftlock' },
    GetItem: ITEM,
    ListTables: {},
    PutItem: { TableName: 'liftlock', Item: KEY },
    Query: { TableName: 'liftlock', IndexName: 'kind' },
    Scan: { TableName: 'liftlock', Select: 'COUNT' },
    TransactGetItems: { TransactItems: [{ Get: ITEM }] },
    TransactWriteItems: {
      TransactItems: [
        { ConditionCheck: ITEM },
        { Delete: ITEM },
        { Put: { TableName: 'liftlock', Item: KEY } },
        { Update: ITEM },
      ],
    },
    UpdateItem: ITEM,
  },
  ec2: {
    CreateLaunchTemplateVersion: { LaunchTemplateId: 'lt-1' },
    DescribeImages: {},
    DescribeInstanceTypes: {},
    DescribeLaunchTemplateVersions: {},
    DescribeLaunchTemplates: {},
    DescribeSecurityGroups: {},
    DescribeSubnets: {},
  },
  eks: {
    CancelUpdate: { name: 'prod', updateId: '1' },
    CreateCluster: { name: 'prod', roleArn: ROLE, version: '1.36', tags: { team: 'lock' } },
    CreateNodegroup: { ...NODEGROUP, nodeRole: ROLE, subnets: ['subnet-1'], tags: { team: 'lock' } },
    DeleteCluster: { name: 'prod' },
    DeleteNodegroup: NODEGROUP,
    DescribeAccessEntry: ENTRY,
    DescribeAddon: ADDON,
    DescribeAddonVersions: {},
    DescribeCluster: { name: 'prod' },
    DescribeClusterVersions: {},
    DescribeFargateProfile: { clusterName: 'prod', fargateProfileName: 'system' },
    DescribeInsight: { clusterName: 'prod', id: '1' },
    DescribeInsightsRefresh: { clusterName: 'prod' },
    DescribeNodegroup: NODEGROUP,
    DescribeUpdate: { name: 'prod', updateId: '1', nodegroupName: 'blue' },
    ListAccessEntries: { clusterName: 'prod' },
    ListAddons: { clusterName: 'prod' },
    ListAssociatedAccessPolicies: ENTRY,
    ListClusters: {},
    ListFargateProfiles: { clusterName: 'prod' },
    ListInsights: { clusterName: 'prod' },
    ListNodegroups: { clusterName: 'prod' },
    ListUpdates: { name: 'prod', addonName: 'coredns' },
    StartInsightsRefresh: { clusterName: 'prod' },
    TagResource: { resourceArn: arn('eks', 'cluster/prod'), tags: { team: 'lock' } },
    UntagResource: { resourceArn: arn('eks', 'cluster/prod'), tagKeys: ['team'] },
    UpdateAddon: { ...ADDON, serviceAccountRoleArn: ROLE },
    UpdateClusterConfig: { name: 'prod', upgradePolicy: { supportType: 'STANDARD' } },
    UpdateClusterVersion: { name: 'prod', version: '1.36' },
    UpdateNodegroupConfig: NODEGROUP,
    UpdateNodegroupVersion: NODEGROUP,
  },
  aps: { QueryMetrics: { workspaceId: 'ws-1' } },
  backup: {
    ListRecoveryPointsByBackupVault: { BackupVaultName: 'nightly', ByResourceArn: arn('eks', 'cluster/prod') },
  },
  iam: {
    CreateRole: { RoleName: 'web' },
    GetRole: { RoleName: 'web' },
    PutRolePolicy: { RoleName: 'web', PolicyName: 'own' },
  },
  lambda: {
    CreateFunction: { FunctionName: 'ticket', Role: ROLE },
    Invoke: { FunctionName: arn('lambda', 'function:ticket') },
    TagResource: { Resource: arn('lambda', 'function:ticket') },
  },
  servicequotas: { GetServiceQuota: { ServiceCode: 'ec2', QuotaCode: 'L-1216C47A' } },
  kms: { DescribeKey: { KeyId: arn('kms', 'key/1') } },
  events: {
    DescribeEventBus: { Name: 'liftlock' },
    DescribeRule: { Name: 'wake', EventBusName: 'liftlock' },
    ListEventBuses: {},
    ListRules: { EventBusName: 'liftlock' },
    ListTargetsByRule: { Rule: 'wake' },
    PutEvents: { Entries: [{ EventBusName: 'liftlock', Source: 'liftlock', DetailType: 'Parked' }] },
    TestEventPattern: {},
  },
  logs: {
    CreateLogStream: STREAM,
    DescribeLogGroups: {},
    DescribeLogStreams: GROUP,
    FilterLogEvents: GROUP,
    GetLogEvents: STREAM,
    PutLogEvents: STREAM,
  },
  monitoring: {
    DeleteAlarmMuteRule: { AlarmMuteRuleName: 'liftlock-web' },
    DescribeAlarms: { AlarmNames: ['liftlock/late'] },
    GetAlarmMuteRule: { AlarmMuteRuleName: 'liftlock-web' },
    GetMetricData: {},
    GetMetricStatistics: {},
    ListAlarmMuteRules: {},
    ListMetrics: {},
    ListTagsForResource: { ResourceARN: arn('cloudwatch', 'alarm:platform-errors') },
    PutAlarmMuteRule: { Name: 'liftlock-web', MuteTargets: { AlarmNames: ['platform-errors'] } },
    PutMetricAlarm: { AlarmName: 'platform-errors' },
    PutMetricData: { Namespace: 'Liftlock' },
    SetAlarmState: { AlarmName: 'platform-errors' },
    TagResource: { ResourceARN: arn('cloudwatch', 'alarm:platform-errors') },
    UntagResource: { ResourceARN: arn('cloudwatch', 'alarm:platform-errors') },
  },
  organizations: { DescribeOrganization: {}, ListAccounts: {} },
  s3: {
    GetObject: { Bucket: 'anchors', Key: 'audit/1.jsonl' },
    ListObjectVersions: { Bucket: 'anchors', Prefix: 'audit/' },
    ListObjectsV2: { Bucket: 'anchors', Prefix: 'audit/', MaxKeys: '1' },
    PutObject: { Bucket: 'anchors', Key: 'audit/1.jsonl', IfNoneMatch: '*' },
  },
  scheduler: { GetSchedule: { Name: 'tick', GroupName: 'liftlock' }, ListScheduleGroups: {}, ListSchedules: {} },
  secretsmanager: {
    CreateSecret: { Name: 'liftlock/gate' },
    GetSecretValue: { SecretId: arn('secretsmanager', 'secret:liftlock/gate-a1b2c3') },
    PutSecretValue: { SecretId: 'liftlock/gate' },
  },
  sns: {
    GetTopicAttributes: TOPIC,
    ListSubscriptions: {},
    ListSubscriptionsByTopic: TOPIC,
    ListTopics: {},
    Publish: TOPIC,
    PublishBatch: TOPIC,
    Subscribe: { ...TOPIC, Protocol: 'sqs', Endpoint: arn('sqs', 'mail') },
    Unsubscribe: { SubscriptionArn: `${TOPIC.TopicArn}:7ac0` },
  },
  sqs: {
    ChangeMessageVisibility: QUEUE,
    DeleteMessage: QUEUE,
    DeleteMessageBatch: QUEUE,
    GetQueueAttributes: QUEUE,
    GetQueueUrl: { QueueName: 'clusters' },
    ListQueues: {},
    PurgeQueue: QUEUE,
    ReceiveMessage: QUEUE,
    SendMessage: QUEUE,
    SendMessageBatch: QUEUE,
  },
  ssm: {
    GetParameter: { Name: '/liftlock/config' },
    GetParameters: { Names: ['/liftlock/config', '/aws/service/eks/image_id'] },
  },
  states: {
    CreateStateMachine: { name: 'ticket', roleArn: ROLE },
    TagResource: { resourceArn: MACHINE.stateMachineArn },
    DescribeExecution: EXECUTION,
    DescribeStateMachine: MACHINE,
    DescribeStateMachineForExecution: EXECUTION,
    GetExecutionHistory: EXECUTION,
    ListExecutions: MACHINE,
    ListStateMachines: {},
    RedriveExecution: EXECUTION,
    SendTaskFailure: TASK,
    SendTaskHeartbeat: TASK,
    SendTaskSuccess: TASK,
    StartExecution: MACHINE,
    StopExecution: EXECUTION,
  },
  sts: { AssumeRole: {}, GetCallerIdentity: {} },
};
