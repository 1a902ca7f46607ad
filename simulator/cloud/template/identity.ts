/** What a resource is called once it is there: what `Ref` gives, what `Fn::GetAtt` gives, its ARN. */
export interface Identity {
  readonly name: string;
  readonly ref: string;
  readonly arn: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Where a stack goes, and where this cloud answers. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** `http://127.0.0.1:4566`: queues and the API have it in their URLs. */
  readonly origin: string;
}

/** What an identity is made from: `given` is the name that the template gives, resolved; `generated` what CloudFormation would make up. */
interface Named extends Place {
  readonly given: string | undefined;
  readonly generated: string;
  /** What it is in: the bus of a rule, the group of a schedule, the path of a role. Absent = the default one. */
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
  (service: string, resource: (name: string) => string, more: (name: string) => Record<string, string> = () => ({})) =>
  (named: Named): Identity => {
    const name = named.given ?? named.generated;
    return identified(name, name, arn(named, service, resource(name)), more(name));
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

/** Resources that nobody refers to but by an id that means nothing. */
const anonymous = (named: Named): Identity => identified(named.generated, named.generated, named.generated);

interface IdentifiedType {
  readonly nameProperty?: string;
  readonly parentProperty?: string;
  readonly identify: Identify;
}

/** The property that names a resource of a type, and what follows from the name. A type that is not here is not understood. */
export const IDENTITIES: Readonly<Record<string, IdentifiedType>> = {
  'AWS::ApiGatewayV2::Api': {
    identify: (named) => ({
      ...identified(named.generated, apiId(named.generated), apiId(named.generated), { ApiEndpoint: named.origin }),
    }),
  },
  'AWS::ApiGatewayV2::Integration': { identify: anonymous },
  'AWS::ApiGatewayV2::Route': { identify: anonymous },
  'AWS::ApiGatewayV2::Stage': { identify: anonymous },
  'AWS::CloudWatch::Alarm': { nameProperty: 'AlarmName', identify: byName('cloudwatch', (name) => `alarm:${name}`) },
  'AWS::CloudWatch::CompositeAlarm': {
    nameProperty: 'AlarmName',
    identify: byName('cloudwatch', (name) => `alarm:${name}`),
  },
  'AWS::CloudWatch::Dashboard': {
    nameProperty: 'DashboardName',
    identify: byName('cloudwatch', (name) => `dashboard/${name}`),
  },
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    identify: (named) => {
      const table = byName('dynamodb', (name) => `table/${name}`)(named);
      return { ...table, attributes: { ...table.attributes, StreamArn: `${table.arn}/stream/${STREAM_LABEL}` } };
    },
  },
  'AWS::Events::EventBus': { nameProperty: 'Name', identify: byName('events', (name) => `event-bus/${name}`) },
  'AWS::Events::EventBusPolicy': { identify: anonymous },
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    parentProperty: 'EventBusName',
    identify: (named) => {
      const name = named.given ?? named.generated;
      // A bus may be given by its ARN; the default one is in no ARN of a rule.
      const bus = named.parent?.split('/').at(-1) ?? 'default';
      const path = bus === 'default' ? name : `${bus}/${name}`;
      return identified(name, path.replace('/', '|'), arn(named, 'events', `rule/${path}`));
    },
  },
  'AWS::IAM::ManagedPolicy': { nameProperty: 'ManagedPolicyName', parentProperty: 'Path', identify: iam('policy') },
  'AWS::IAM::Policy': { nameProperty: 'PolicyName', identify: anonymous },
  'AWS::IAM::Role': { nameProperty: 'RoleName', parentProperty: 'Path', identify: iam('role') },
  'AWS::Lambda::EventInvokeConfig': { identify: anonymous },
  'AWS::Lambda::EventSourceMapping': { identify: anonymous },
  'AWS::Lambda::Function': { nameProperty: 'FunctionName', identify: byName('lambda', (name) => `function:${name}`) },
  'AWS::Lambda::Permission': { identify: anonymous },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    identify: (named) => {
      const name = named.given ?? named.generated;
      return identified(name, name, `${arn(named, 'logs', `log-group:${name}`)}:*`);
    },
  },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    identify: ({ given, generated, partition }) => {
      const name = given ?? bucketName(generated);
      return identified(name, name, `arn:${partition}:s3:::${name}`);
    },
  },
  'AWS::S3::BucketPolicy': { identify: anonymous },
  'AWS::SNS::Subscription': { identify: anonymous },
  'AWS::SNS::Topic': { nameProperty: 'TopicName', identify: byArn('sns', (name) => name, 'TopicName') },
  'AWS::SNS::TopicPolicy': { identify: anonymous },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    identify: (named) => {
      const name = named.given ?? named.generated;
      const url = `${named.origin}/${named.account}/${name}`;
      return identified(name, url, arn(named, 'sqs', name), { QueueName: name, QueueUrl: url });
    },
  },
  'AWS::SQS::QueuePolicy': { identify: anonymous },
  'AWS::Scheduler::Schedule': {
    nameProperty: 'Name',
    parentProperty: 'GroupName',
    identify: (named) => {
      const name = named.given ?? named.generated;
      return identified(name, name, arn(named, 'scheduler', `schedule/${named.parent ?? 'default'}/${name}`));
    },
  },
  'AWS::Scheduler::ScheduleGroup': {
    nameProperty: 'Name',
    identify: byName('scheduler', (name) => `schedule-group/${name}`),
  },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    identify: byArn('states', (name) => `stateMachine:${name}`, 'Name'),
  },
};

/** As API Gateway makes them: lower case letters and digits. */
const apiId = (name: string): string =>
  name
    .replaceAll(/[^0-9A-Za-z]/g, '')
    .toLowerCase()
    .slice(-10);

/** The instant at which AWS would have made the stream; the same at every start. */
const STREAM_LABEL = '2026-01-01T00:00:00.000';

/** As CloudFormation makes them: lower case, and no longer than S3 allows. */
const bucketName = (name: string): string =>
  name
    .toLowerCase()
    .slice(-63)
    .replace(/^[^a-z0-9]+/, '');
