/** How far a type of resource is understood: what takes effect here, and what is read over, with the reason why that is no loss. */
export interface UnderstoodType {
  /** Properties that take effect. */
  readonly effective: readonly string[];
  /** Properties that change nothing here. */
  readonly inert?: readonly string[];
  /** Why the type as a whole does nothing here; such a resource is still known by its name. */
  readonly idle?: string;
}

/** Every type and property that occurs. One that is not here stops the start: it may be what a deployment rests on. */
export const UNDERSTOOD: Readonly<Record<string, UnderstoodType>> = {
  'AWS::ApiGatewayV2::Api': { effective: ['Name', 'ProtocolType'] },
  'AWS::ApiGatewayV2::Integration': {
    effective: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion'],
  },
  'AWS::ApiGatewayV2::Route': { effective: ['ApiId', 'AuthorizationType', 'RouteKey', 'Target'] },
  'AWS::ApiGatewayV2::Stage': {
    effective: ['ApiId', 'StageName', 'AutoDeploy'],
    // Nobody but its owner calls this API, and its access log would repeat what the terminal shows.
    inert: ['AccessLogSettings', 'DefaultRouteSettings'],
  },
  'AWS::CloudWatch::Alarm': {
    effective: ['AlarmName', 'AlarmDescription', 'AlarmActions', 'OKActions', 'MetricName', 'Namespace', 'Dimensions'],
    inert: [
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
    idle: 'alarms are evaluated when somebody asks, and nothing in a run does',
  },
  'AWS::CloudWatch::CompositeAlarm': {
    effective: ['AlarmName', 'AlarmDescription', 'AlarmActions', 'OKActions', 'AlarmRule'],
    idle: 'alarms are evaluated when somebody asks, and nothing in a run does',
  },
  'AWS::CloudWatch::Dashboard': { effective: ['DashboardName'], inert: ['DashboardBody'], idle: 'nobody looks at it' },
  'AWS::DynamoDB::Table': {
    effective: [
      'TableName',
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
  'AWS::Events::EventBus': { effective: ['Name'], inert: ['Description', 'Tags'] },
  'AWS::Events::EventBusPolicy': { effective: ['EventBusName', 'Statement', 'StatementId'] },
  'AWS::Events::Rule': {
    effective: ['Name', 'EventBusName', 'EventPattern', 'State', 'Targets'],
    inert: ['Description'],
  },
  'AWS::IAM::ManagedPolicy': {
    effective: ['ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'],
    inert: ['Description'],
  },
  'AWS::IAM::Policy': { effective: ['PolicyName', 'PolicyDocument', 'Roles'] },
  'AWS::IAM::Role': {
    effective: [
      'RoleName',
      'Path',
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
    effective: [
      'Code',
      'Environment',
      'FunctionName',
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
  'AWS::Logs::LogGroup': { effective: ['LogGroupName'], inert: ['RetentionInDays', 'Tags', 'KmsKeyId'] },
  'AWS::S3::Bucket': {
    effective: ['BucketName', 'ObjectLockEnabled', 'VersioningConfiguration'],
    // Nothing deletes here, so that a lock has nothing to keep from it; nobody is let in whom a policy does not name.
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
  'AWS::SNS::Topic': { effective: ['TopicName'], inert: ['DisplayName', 'KmsMasterKeyId', 'Tags'] },
  'AWS::SNS::TopicPolicy': { effective: ['PolicyDocument', 'Topics'] },
  'AWS::SQS::Queue': {
    effective: [
      'QueueName',
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
    effective: [
      'FlexibleTimeWindow',
      'GroupName',
      'Name',
      'ScheduleExpression',
      'ScheduleExpressionTimezone',
      'State',
      'Target',
    ],
    inert: ['Description'],
  },
  'AWS::Scheduler::ScheduleGroup': { effective: ['Name'] },
  'AWS::StepFunctions::StateMachine': {
    effective: [
      'DefinitionS3Location',
      'DefinitionString',
      'DefinitionSubstitutions',
      'LoggingConfiguration',
      'RoleArn',
      'StateMachineName',
      'StateMachineType',
      'TracingConfiguration',
    ],
    inert: ['Tags'],
  },
};
