import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudParts } from '../cloud-parts.ts';
import { EventBuses } from '../events/event-buses.ts';
import type { LambdaFunctionOptions } from '../lambda/function-processes.ts';
import type { Functions } from '../lambda/functions.ts';
import { Logs } from '../logs/logs.ts';
import { ExecutionLogs } from '../machines/execution-logs.ts';
import { Queues } from '../queues/queues.ts';
import { ResourcePolicies } from '../resource-policies.ts';
import type { Schedule } from '../schedules/schedules.ts';
import type { Resource } from '../template/resolve-stack.ts';
import { Topics } from '../topics/topics.ts';
import { installStack } from './install-stack.ts';

const HERE = 'eu-west-1:111111111111';
const ROLE = 'arn:aws:iam::111111111111:role/r';
const QUEUE = `arn:aws:sqs:${HERE}:q`;
const FUNCTION = `arn:aws:lambda:${HERE}:function:f`;

let folder: string;
let lambdas: Map<string, LambdaFunctionOptions>;
let schedules: Schedule[];
let policies: ResourcePolicies;
let machines: { definition: unknown }[];
let calls: unknown[];
let routes: unknown[];
let asked: string[];
let queues: Queues;
let parts: CloudParts;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'liftlock-install-test-'));
  writeFileSync(join(folder, 'index.mjs'), '');
  const definition = `{"Target":"\${Function}","Other":"\${Missing} \${AlsoMissing}"}`;
  writeFileSync(join(folder, 'machine.json'), definition);
  [lambdas, schedules, policies, machines, calls, routes, asked] = [
    new Map(),
    [],
    new ResourcePolicies(),
    [],
    [],
    [],
    [],
  ];
  queues = new Queues(
    () => 0,
    () => 'id',
  );
  const unused = (): never => {
    throw new Error('not asked for');
  };
  const fake = {
    assembly: {
      folder,
      templates: new Map(),
      assets: new Map([
        ['code.zip', folder],
        ['machine.json', join(folder, 'machine.json')],
      ]),
    },
    policies,
    queues,
    topics: new Topics(
      () => 'id',
      () => {},
    ),
    buses: new EventBuses(() => {}),
    functions: {
      add: (options: LambdaFunctionOptions) => lambdas.set(options.arn, options),
      get(arn: string) {
        const options = lambdas.get(arn);
        if (options === undefined) throw new Error(`Function not found: ${arn}`);
        return { options };
      },
      configureAsynchronousCalls: (...call: unknown[]) => calls.push(call),
    } as unknown as Functions,
    pollers: { now: () => 0, scheduleAt: unused },
    executionLogs: new ExecutionLogs(new Logs(), new Date(0)),
    machines: { machines: { records: () => [], create: (one: { definition: unknown }) => machines.push(one) } },
    schedules: { add: (schedule: Schedule) => schedules.push(schedule) },
    api: () => ({ add: (route: unknown) => routes.push(route) }),
    useRole: (roleArn: string, service: string) => {
      asked.push(`${service} ${roleArn}`);
      if (roleArn.endsWith('/closed')) throw new Error('its trust policy does not let it');
    },
  };
  parts = fake as unknown as CloudParts;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const resource = (type: string, properties: Record<string, unknown>, more: Partial<Resource> = {}): Resource => ({
  type,
  properties,
  logicalId: 'One',
  stack: 'Own',
  account: '111111111111',
  region: 'eu-west-1',
  name: 'one',
  ref: 'one',
  arn: 'arn:one',
  attributes: {},
  ...more,
});
const install = (...resources: Resource[]) =>
  installStack({ resources, exports: new Map(), outputs: new Map() }, parts);

const lambda = (properties: Record<string, unknown> = {}) =>
  resource(
    'AWS::Lambda::Function',
    { Code: { S3Key: 'code.zip' }, Runtime: 'nodejs24.x', Handler: 'index.handler', Role: ROLE, ...properties },
    { name: 'f', arn: FUNCTION, logicalId: 'F' },
  );
const queue = (properties: Record<string, unknown> = {}) =>
  resource('AWS::SQS::Queue', properties, { name: 'q', arn: QUEUE, ref: 'http://x/111111111111/q', logicalId: 'Q' });
const mapping = (properties: Record<string, unknown> = {}) =>
  resource('AWS::Lambda::EventSourceMapping', { EventSourceArn: QUEUE, FunctionName: 'f', ...properties });
const schedule = (properties: Record<string, unknown> = {}) =>
  resource('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(5 minutes)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: FUNCTION, RoleArn: ROLE },
    ...properties,
  });
const machine = (properties: Record<string, unknown>) =>
  resource('AWS::StepFunctions::StateMachine', { RoleArn: ROLE, ...properties }, { arn: 'arn:machine' });
const rule = (properties: Record<string, unknown>) =>
  resource('AWS::Events::Rule', { EventPattern: { source: ['x'] }, ...properties });
const target = (more: object) => ({ Targets: [{ Id: 'T', Arn: QUEUE, ...more }] });
const integration = (properties: Record<string, unknown> = {}) =>
  resource(
    'AWS::ApiGatewayV2::Integration',
    { IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0', IntegrationUri: FUNCTION, ...properties },
    { ref: 'int', logicalId: 'I' },
  );
const route = (properties: Record<string, unknown> = {}) =>
  resource('AWS::ApiGatewayV2::Route', {
    ApiId: 'api',
    RouteKey: 'GET /v1/{id}',
    Target: 'integrations/int',
    AuthorizationType: 'AWS_IAM',
    ...properties,
  });
const definition = { DefinitionS3Location: { Bucket: 'b', Key: 'machine.json' } };

describe('a stack cannot be installed', () => {
  it.each<[string, () => Resource[], RegExp]>([
    [
      'placeholders that nothing fills',
      () => [machine({ ...definition, DefinitionSubstitutions: { Function: FUNCTION } })],
      /placeholders that nothing substitutes: Missing, AlsoMissing$/,
    ],
    [
      'logs at a level that is not modelled',
      () => [
        machine({
          ...definition,
          DefinitionSubstitutions: { Function: 'f', Missing: 'm', AlsoMissing: 'a' },
          LoggingConfiguration: {
            Level: 'ERROR',
            Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: 'arn:g' } }],
          },
        }),
      ],
      /at level ALL or OFF, not ERROR$/,
    ],
    [
      'a definition that is not there',
      () => [machine({ DefinitionS3Location: { Bucket: 'b', Key: 'gone' } })],
      /holds no definition gone/,
    ],
    ['a definition that is no JSON', () => [machine({ DefinitionString: '{' })], /JSON/],
    [
      'a machine whose role does not let it',
      () => [machine({ DefinitionString: '{}', RoleArn: `${ROLE}/closed` })],
      /does not let it/,
    ],
    [
      'cron',
      () => [lambda(), schedule({ ScheduleExpression: 'cron(0 * * * ? *)' })],
      /the schedule cron\(0 \* \* \* \? \*\) is not understood/,
    ],
    [
      'a flexible window',
      () => [lambda(), schedule({ FlexibleTimeWindow: { Mode: 'FLEXIBLE' } })],
      /flexible time window \(FLEXIBLE\)/,
    ],
    ['a mapping that is off', () => [queue(), lambda(), mapping({ Enabled: false })], /mapping that is not enabled/],
    ['a schedule of what is not there', () => [schedule()], /Function not found/],
    [
      'an integration of another kind',
      () => [lambda(), integration({ IntegrationType: 'HTTP_PROXY' })],
      /integration HTTP_PROXY 2.0 is not understood/,
    ],
    ['an older payload', () => [lambda(), integration({ PayloadFormatVersion: '1.0' })], /integration AWS_PROXY 1.0/],
    ['an integration of what is not there', () => [integration()], /Function not found/],
    [
      'another authorization',
      () => [lambda(), integration(), route({ AuthorizationType: 'JWT' })],
      /authorization JWT is not understood/,
    ],
    ['a route to no integration', () => [route()], /there is no integration int/],
    ['a WebSocket API', () => [resource('AWS::ApiGatewayV2::Api', { ProtocolType: 'WEBSOCKET' })], /only HTTP APIs/],
    ['an asset that is not there', () => [lambda({ Code: { S3Key: 'gone.zip' } })], /holds no asset gone.zip/],
    [
      'a handler without its file',
      () => [lambda({ Handler: 'other.handler' })],
      /other of its handler is not in the bundle/,
    ],
    ['a handler that is none', () => [lambda({ Handler: 'index' })], /the handler index is not understood/],
    [
      'a handler inside of an object',
      () => [lambda({ Handler: 'index.a.b' })],
      /the handler index.a.b is not understood/,
    ],
    ['another runtime', () => [lambda({ Runtime: 'python3.14' })], /the runtime python3.14 does not run here/],
    ['a function whose role does not let it', () => [lambda({ Role: `${ROLE}/closed` })], /does not let it/],
    [
      'a permission of what is not there',
      () => [resource('AWS::Lambda::Permission', { FunctionName: 'g' })],
      /Function not found: .*:function:g/,
    ],
    [
      'the policy of no queue',
      () => [resource('AWS::SQS::QueuePolicy', { Queues: ['http://x/111111111111/gone'] })],
      /there is no queue .*gone/,
    ],
    [
      'dead letters of no queue',
      () => [queue({ RedrivePolicy: { deadLetterTargetArn: `${QUEUE}x`, maxReceiveCount: 3 } })],
      /there is no queue .*qx for its dead letters/,
    ],
    ['a mapping of no queue', () => [lambda(), mapping()], /there is no queue/],
    ['a mapping to no function', () => [queue(), mapping()], /Function not found/],
    [
      'a queue that shows messages again too early',
      () => [queue({ VisibilityTimeout: 30 }), lambda({ Timeout: 60 }), mapping()],
      /visibility timeout: 30 seconds is less than Function timeout: 60/,
    ],
    ['a batching window', () => [queue(), lambda(), mapping({ MaximumBatchingWindowInSeconds: 5 })], /batching window/],
    [
      'a destination that is not there',
      () => [
        lambda(),
        resource('AWS::Lambda::EventInvokeConfig', {
          FunctionName: 'f',
          DestinationConfig: { OnFailure: { Destination: QUEUE } },
        }),
      ],
      /no queue .* for what fails/,
    ],
    [
      'a destination of what works',
      () => [
        lambda(),
        resource('AWS::Lambda::EventInvokeConfig', { FunctionName: 'f', DestinationConfig: { OnSuccess: {} } }),
      ],
      /the destination OnSuccess/,
    ],
    [
      'calls of a version',
      () => [lambda(), resource('AWS::Lambda::EventInvokeConfig', { FunctionName: 'f', Qualifier: '3' })],
      /the version 3/,
    ],
    [
      'a subscription of no queue',
      () => [
        resource('AWS::SNS::Topic', {}, { arn: 'arn:topic' }),
        resource('AWS::SNS::Subscription', { TopicArn: 'arn:topic', Protocol: 'sqs', Endpoint: QUEUE }),
      ],
      /there is no queue/,
    ],
    [
      'a subscription to no topic',
      () => [resource('AWS::SNS::Subscription', { TopicArn: 'arn:t', Protocol: 'email', Endpoint: 'x' })],
      /Topic does not exist/,
    ],
    ['a rule on no bus', () => [rule({ EventBusName: 'gone' })], /Event bus gone does not exist/],
    ['a rule without a pattern', () => [rule({ EventPattern: undefined })], /Empty patterns/],
    [
      'a rule for an unknown target',
      () => [rule(target({ Arn: `arn:aws:kinesis:${HERE}:stream/s` }))],
      /the target arn:aws:kinesis/,
    ],
    [
      'a rule with unknown parameters',
      () => [rule(target({ SqsParameters: {} }))],
      /SqsParameters of its target T is not understood/,
    ],
    ['a rule with an open template', () => [rule(target({ InputTransformer: { InputTemplate: '<x>' } }))], /<x>/],
  ])('%s', async (_, resources, why) => {
    await expect(install(...resources())).rejects.toMatchObject({
      name: 'TemplateProblem',
      message: expect.stringMatching(new RegExp(`^Own/\\w+: AWS::[\\w:]+ cannot be made: .*${why.source}`)),
    });
  });
});

it('makes functions as the template says, and as AWS does where it says nothing', async () => {
  await install(lambda());
  expect(lambdas.get(FUNCTION)).toEqual({
    name: 'f',
    arn: FUNCTION,
    roleArn: ROLE,
    module: join(folder, 'index.mjs'),
    handler: 'handler',
    variables: {},
    memoryMegabytes: 128,
    timeoutSeconds: 3,
    logGroup: '/aws/lambda/f',
    traced: false,
  });
  expect(asked).toEqual([`lambda.amazonaws.com ${ROLE}`]);
  const more = { MemorySize: 512, Timeout: 30, ReservedConcurrentExecutions: 0, TracingConfig: { Mode: 'Active' } };
  await install(lambda({ ...more, Environment: { Variables: { A: 'b' } }, LoggingConfig: { LogGroup: '/own' } }));
  expect(lambdas.get(FUNCTION)).toMatchObject({
    memoryMegabytes: 512,
    timeoutSeconds: 30,
    reservedConcurrency: 0,
    traced: true,
    variables: { A: 'b' },
    logGroup: '/own',
  });
});

it('lets whoever a permission names call a function, from where it says', async () => {
  const permission = { FunctionName: 'f', Principal: 'events.amazonaws.com', Action: 'lambda:InvokeFunction' };
  await install(
    lambda(),
    resource('AWS::Lambda::Permission', { ...permission, SourceArn: 'arn:rule', SourceAccount: '1' }),
  );
  expect(policies.of(FUNCTION)).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'One',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: FUNCTION,
        Condition: { ArnLike: { 'aws:SourceArn': 'arn:rule' }, StringEquals: { 'aws:SourceAccount': '1' } },
      },
    ],
  });
});

it('makes queues with the defaults of AWS, whatever comes first in the template', async () => {
  const redrive = { deadLetterTargetArn: `${QUEUE}-dead`, maxReceiveCount: 3 };
  await install(queue({ RedrivePolicy: redrive }), resource('AWS::SQS::Queue', {}, { arn: `${QUEUE}-dead` }));
  expect(queues.find(QUEUE)?.options).toMatchObject({
    visibilitySeconds: 30,
    delaySeconds: 0,
    retentionSeconds: 345_600,
    redrive,
  });
});

it('adds policies, schedules, machines, routes and asynchronous calls', async () => {
  const document = { Version: '2012-10-17', Statement: [{ Sid: 'a' }, { Sid: 'b' }] };
  await install(
    queue(),
    resource('AWS::SQS::QueuePolicy', { Queues: ['http://elsewhere:1/111111111111/q'], PolicyDocument: document }),
    lambda(),
    schedule({ State: 'DISABLED' }),
    machine({ ...definition, DefinitionSubstitutions: { Function: 'f', Missing: 'm', AlsoMissing: 'a' } }),
    integration(),
    route(),
    resource('AWS::Lambda::EventInvokeConfig', {
      FunctionName: 'f',
      DestinationConfig: { OnFailure: { Destination: QUEUE } },
    }),
  );
  expect(policies.of(QUEUE)).toEqual(document);
  expect(schedules).toMatchObject([{ everyMilliseconds: 300_000, enabled: false, group: 'default', roleArn: ROLE }]);
  expect(machines).toMatchObject([{ definition: { Target: 'f', Other: 'm a' } }]);
  expect(routes).toEqual([{ method: 'GET', path: '/v1/{id}', iamAuthorized: true, functionArn: FUNCTION }]);
  expect(calls).toEqual([[FUNCTION, { retries: 2, maximumAgeSeconds: 21_600, onFailure: QUEUE }]]);
});
