/** The identity of a resource: its name, its ARN, and the values of `Ref` and `Fn::GetAtt`. */
export interface Identity {
  readonly name: string;
  readonly ref: string;
  readonly arn: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The place of a stack, and the address of this cloud. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** `http://127.0.0.1:4566`, which is in the URLs of queues and the API. */
  readonly origin: string;
}

/** The input for an identity: `given` is the resolved name in the template; `generated` is the name that CloudFormation would generate. */
interface Named extends Place {
  readonly given: string | undefined;
  readonly generated: string;
  /** Its container: the bus of a rule, the group of a schedule, the path of a role. The default one when absent. */
  readonly parent: string | undefined;
}

type Identify = (resource: Named) => Identity;

const arn = ({ partition, region, account }: Place, service: string, resource: string): string =>
  `arn:${partition}:${service}:${region}:${account}:${resource}`;

function identified(name: string, ref: string, resourceArn: string, more: Record<string, string> = {}): Identity {
  return { name, ref, arn: resourceArn, attributes: { Arn: resourceArn, ...more } };
}

/** A resource whose `Ref` is its name. */
const byName =
  (service: string, resource: (name: string) => string) =>
  (named: Named): Identity => {
    const name = named.given ?? named.generated;
    return identified(name, name, arn(named, service, resource(name)));
  };

/** A resource whose `Ref` is its ARN. */
const byArn =
  (service: string, resource: (name: string) => string, nameAttribute: string) =>
  (named: Named): Identity => {
    const name = named.given ?? named.generated;
    const resourceArn = arn(named, service, resource(name));
    return identified(name, resourceArn, resourceArn, { [nameAttribute]: name });
  };

const iam =
  (kind: string) =>
  (named: Named): Identity => {
    const name = named.given ?? named.generated;
    const resourceArn = `arn:${named.partition}:iam::${named.account}:${kind}${named.parent ?? '/'}${name}`;
    return identified(name, kind === 'role' ? name : resourceArn, resourceArn);
  };

/** Resources that are only referred to by a generated id. */
export const anonymous = (named: Named): Identity => identified(named.generated, named.generated, named.generated);

/** The modelled part of a resource type. */
interface ResourceKind {
  /** The property with the name of a resource, and the one with its container. */
  readonly nameProperty?: string;
  readonly parentProperty?: string;
  /** `anonymous` when absent. */
  readonly identify?: Identify;
  /** Other properties that have an effect. */
  readonly effective?: readonly string[];
  /** Properties without an effect here. */
  readonly inert?: readonly string[];
}

/** Every type and property in the templates. Any other one stops the start, because the deployment may depend on it. */
export const RESOURCE_KINDS: Readonly<Record<string, ResourceKind>> = {
  'AWS::ApiGatewayV2::Api': {
    identify: (named) => ({
      ...identified(named.generated, apiId(named.generated), apiId(named.generated), { ApiEndpoint: named.origin }),
    }),
    effective: ['Name', 'ProtocolType'],
  },
  'AWS::ApiGatewayV2::Integration': {
    effective: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion'],
  },
  'AWS::ApiGatewayV2::Route': { effective: ['ApiId', 'AuthorizationType', 'RouteKey', 'Target'] },
  'AWS::ApiGatewayV2::Stage': {
    effective: ['ApiId', 'StageName', 'AutoDeploy'],
    // Only its owner calls this API, and its access log would repeat the terminal's output.
    inert: ['AccessLogSettings', 'DefaultRouteSettings'],
  },
  // It has no effect in a run: alarms are evaluated on request, and nothing in a run requests it.
  'AWS::CloudWatch::Alarm': {
    nameProperty: 'AlarmName',
    identify: byName('cloudwatch', (name) => `alarm:${name}`),
    effective: ['AlarmDescription', 'AlarmActions', 'OKActions', 'MetricName', 'Namespace', 'Dimensions'],
    inert: [
      'ActionsEnabled',
      'ComparisonOperator',
      'DatapointsToAlarm',
      'EvaluationPeriods',
      'ExtendedStatistic',
      'Metrics',
      'Period',
      'Statistic',
      'Threshold',
      'TreatMissingData',
    ],
  },
  // It has no effect in a run: alarms are evaluated on request, and nothing in a run requests it.
  'AWS::CloudWatch::CompositeAlarm': {
    nameProperty: 'AlarmName',
    identify: byName('cloudwatch', (name) => `alarm:${name}`),
    effective: ['AlarmDescription', 'AlarmActions', 'OKActions', 'AlarmRule'],
    inert: ['ActionsEnabled'],
  },
  // It has no effect here.
  'AWS::CloudWatch::Dashboard': {
    nameProperty: 'DashboardName',
    identify: byName('cloudwatch', (name) => `dashboard/${name}`),
    inert: ['DashboardBody'],
  },
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    identify: (named) => {
      const table = byName('dynamodb', (name) => `table/${name}`)(named);
      return { ...table, attributes: { ...table.attributes, StreamArn: `${table.arn}/stream/${STREAM_LABEL}` } };
    },
    effective: [
      'AttributeDefinitions',
      'BillingMode',
      'GlobalSecondaryIndexes',
      'KeySchema',
      'ResourcePolicy',
      'StreamSpecification',
      'TimeToLiveSpecification',
    ],
    inert: ['DeletionProtectionEnabled', 'PointInTimeRecoverySpecification', 'SSESpecification', 'Tags'],
  },
  'AWS::Events::EventBus': {
    nameProperty: 'Name',
    identify: byName('events', (name) => `event-bus/${name}`),
    inert: ['Description', 'Tags'],
  },
  'AWS::Events::EventBusPolicy': { effective: ['EventBusName', 'Statement', 'StatementId'] },
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    parentProperty: 'EventBusName',
    identify: (named) => {
      const name = named.given ?? named.generated;
      // A bus may be given by its ARN; the ARN of a rule does not contain the default bus.
      const bus = named.parent?.split('/').at(-1) ?? 'default';
      const path = bus === 'default' ? name : `${bus}/${name}`;
      return identified(name, path.replace('/', '|'), arn(named, 'events', `rule/${path}`));
    },
    effective: ['EventPattern', 'State', 'Targets'],
    inert: ['Description'],
  },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    parentProperty: 'Path',
    identify: iam('policy'),
    effective: ['PolicyDocument', 'Roles'],
    inert: ['Description'],
  },
  'AWS::IAM::Policy': { nameProperty: 'PolicyName', effective: ['PolicyDocument', 'Roles'] },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    parentProperty: 'Path',
    identify: iam('role'),
    effective: [
      'AssumeRolePolicyDocument',
      'Policies',
      'ManagedPolicyArns',
      'PermissionsBoundary',
      'Tags',
      'MaxSessionDuration',
    ],
    inert: ['Description'],
  },
  'AWS::Lambda::EventInvokeConfig': {
    effective: ['FunctionName', 'Qualifier', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts', 'DestinationConfig'],
  },
  'AWS::Lambda::EventSourceMapping': {
    effective: [
      'BatchSize',
      'DestinationConfig',
      'Enabled',
      'EventSourceArn',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumBatchingWindowInSeconds',
      'MaximumRecordAgeInSeconds',
      'MaximumRetryAttempts',
      'ScalingConfig',
      'StartingPosition',
    ],
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    identify: byName('lambda', (name) => `function:${name}`),
    effective: [
      'Code',
      'Environment',
      'Handler',
      'LoggingConfig',
      'MemorySize',
      'ReservedConcurrentExecutions',
      'Role',
      'Runtime',
      'Timeout',
      'TracingConfig',
    ],
    // The bundles are JavaScript, which is the same on every processor.
    inert: ['Architectures', 'Description', 'Tags'],
  },
  'AWS::Lambda::Permission': {
    effective: ['Action', 'FunctionName', 'Principal', 'SourceArn', 'SourceAccount'],
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    identify: (named) => {
      const name = named.given ?? named.generated;
      return identified(name, name, `${arn(named, 'logs', `log-group:${name}`)}:*`);
    },
    inert: ['RetentionInDays', 'Tags', 'KmsKeyId'],
  },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    identify: ({ given, generated, partition }) => {
      const name = given ?? bucketName(generated);
      return identified(name, name, `arn:${partition}:s3:::${name}`);
    },
    effective: ['ObjectLockEnabled', 'VersioningConfiguration'],
    // No operation here deletes objects, so a lock prevents nothing; and only identities in a policy are admitted.
    inert: [
      'BucketEncryption',
      'ObjectLockConfiguration',
      'OwnershipControls',
      'PublicAccessBlockConfiguration',
      'Tags',
    ],
  },
  'AWS::S3::BucketPolicy': { effective: ['Bucket', 'PolicyDocument'] },
  'AWS::SNS::Subscription': { effective: ['Endpoint', 'Protocol', 'TopicArn'] },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    identify: byArn('sns', (name) => name, 'TopicName'),
    inert: ['DisplayName', 'KmsMasterKeyId', 'Tags'],
  },
  'AWS::SNS::TopicPolicy': { effective: ['PolicyDocument', 'Topics'] },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    identify: (named) => {
      const name = named.given ?? named.generated;
      const url = `${named.origin}/${named.account}/${name}`;
      return identified(name, url, arn(named, 'sqs', name), { QueueName: name, QueueUrl: url });
    },
    effective: [
      'DelaySeconds',
      'MessageRetentionPeriod',
      'ReceiveMessageWaitTimeSeconds',
      'RedrivePolicy',
      'VisibilityTimeout',
    ],
    inert: ['SqsManagedSseEnabled', 'KmsMasterKeyId', 'Tags'],
  },
  'AWS::SQS::QueuePolicy': { effective: ['PolicyDocument', 'Queues'] },
  'AWS::Scheduler::Schedule': {
    nameProperty: 'Name',
    parentProperty: 'GroupName',
    identify: (named) => {
      const name = named.given ?? named.generated;
      return identified(name, name, arn(named, 'scheduler', `schedule/${named.parent ?? 'default'}/${name}`));
    },
    effective: ['FlexibleTimeWindow', 'ScheduleExpression', 'ScheduleExpressionTimezone', 'State', 'Target'],
    inert: ['Description'],
  },
  'AWS::Scheduler::ScheduleGroup': {
    nameProperty: 'Name',
    identify: byName('scheduler', (name) => `schedule-group/${name}`),
  },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    identify: byArn('states', (name) => `stateMachine:${name}`, 'Name'),
    effective: [
      'DefinitionS3Location',
      'DefinitionString',
      'DefinitionSubstitutions',
      'LoggingConfiguration',
      'RoleArn',
      'StateMachineType',
      'TracingConfiguration',
    ],
    inert: ['Tags'],
  },
};

/** Like API Gateway's ids: lower case letters and digits. */
const apiId = (name: string): string =>
  name
    .replaceAll(/[^0-9A-Za-z]/g, '')
    .toLowerCase()
    .slice(-10);

/** The instant when AWS would have created the stream; the same at every start. */
const STREAM_LABEL = '2026-01-01T00:00:00.000';

/** Like CloudFormation's names: lower case, within the limit of S3. */
const bucketName = (name: string): string =>
  name
    .toLowerCase()
    .slice(-63)
    .replace(/^[^a-z0-9]+/, '');
