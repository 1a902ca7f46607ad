import { gzipSync } from 'node:zlib';
import { type Answered, form, jsonTarget, startTestServer, type TestServer } from '../../test/material/wire/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    bodyLimit: 100_000,
    services: {
      eks: ['CreateCluster', 'DescribeCluster', 'ListClusters', 'UpdateClusterVersion'],
      logs: ['GetLogEvents'],
      monitoring: ['GetMetricStatistics', 'PutMetricData'],
      organizations: ['ListAccounts', 'CloseAccount'],
      sns: ['PublishBatch', 'Subscribe'],
      sqs: ['SendMessage', 'ReceiveMessage'],
      states: ['StartExecution', 'ListExecutions'],
      sts: ['AssumeRole', 'GetCallerIdentity'],
    },
    serve: async () => ({}),
  });
});
afterAll(() => server.close());
afterEach(() => {
  expect(server.failures).toEqual([]);
  expect(server.calls.splice(0)).toEqual([]);
});

/** The code in the form of each protocol. */
const codeOf = ({ headers, text }: Answered): string =>
  headers.get('x-amzn-errortype')?.split('#').at(-1) ?? /<Code>(.*)<\/Code>/.exec(text)?.[1] ?? text;

const put = (body: string) => ({ method: 'POST', body, headers: { 'content-type': 'application/json' } });
const start = (body: string) => jsonTarget('AWSStepFunctions.StartExecution', body);
const deep = (text: string, depth: number) => `${text.repeat(depth)}1`;

describe.each([
  ['JSON', 'states', '/', start],
  ['REST', 'eks', '/clusters', put],
])('a body of %s', (_, service, path, request) => {
  test.each([
    ['half a document', '{"name":'],
    ['text', 'name=shop'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a string', '"shop"'],
    ['a number', '7'],
    ['a number for text', '{"stateMachineArn":7,"name":7}'],
    ['an object for text', '{"stateMachineArn":{},"name":{}}'],
    ['a list for text', '{"stateMachineArn":[],"name":[]}'],
    ['endless depth', deep('[', 50_000)],
    ['endless depth of objects', deep('{"a":', 15_000)],
  ])('of %s is refused as SerializationException', async (_name, body) => {
    const answered = await server.ask(service, path, request(body));
    expect([answered.status, codeOf(answered)]).toEqual([400, 'SerializationException']);
  });
});

test.each([
  ['text for a number in a query', 'eks', '/clusters?maxResults=many', {}, 'SerializationException'],
  ['a broken escape in a label', 'eks', '/clusters/%zz', {}, 'SerializationException'],
  ['a broken escape in a query', 'eks', '/clusters?nextToken=%zz', {}, 'SerializationException'],
  ['a string for a map', 'eks', '/clusters', put('{"tags":"all"}'), 'SerializationException'],
  ['a map of numbers', 'eks', '/clusters', put('{"tags":{"a":1}}'), 'SerializationException'],
  ['null in a list', 'eks', '/clusters', put('{"encryptionConfig":[null]}'), 'SerializationException'],
  ['text for a flag', 'eks', '/clusters/a/updates', put('{"version":"1.35","force":"no"}'), 'SerializationException'],
  [
    'text for a number',
    'states',
    '/',
    jsonTarget('AWSStepFunctions.ListExecutions', '{"maxResults":"9"}'),
    'SerializationException',
  ],
  [
    'text for a time',
    'logs',
    '/',
    jsonTarget('Logs_20140328.GetLogEvents', '{"startTime":"now"}'),
    'SerializationException',
  ],
  ['a time that is none', 'monitoring', '/', form('Action=GetMetricStatistics&StartTime=now'), 'MalformedInput'],
  ['text for a number in a form', 'sts', '/', form('Action=AssumeRole&DurationSeconds=long'), 'MalformedInput'],
  ['a structure for text in a form', 'sns', '/', form('Action=Subscribe&Endpoint.Arn=a'), 'MalformedInput'],
  ['a broken escape in a form', 'sts', '/', form('Action=AssumeRole&RoleArn=%zz'), 'MalformedInput'],
  ['a broken escape in the action', 'sts', '/', form('Action=%zz'), 'MalformedInput'],
  ['a form of endless names', 'sts', '/', form(`Action=AssumeRole&${'a.'.repeat(100)}b=1`), 'MalformedInput'],
  ['a form of endless parameters', 'sts', '/', form(`Action=AssumeRole${'&a'.repeat(30_000)}`), 'MalformedInput'],
  [
    'what is no base64',
    'sqs',
    '/',
    jsonTarget(
      'AmazonSQS.SendMessage',
      '{"QueueUrl":"u","MessageBody":"b","MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":"*"}}}',
    ),
    'SerializationException',
  ],
] satisfies [string, string, string, RequestInit, string][])(
  '%s is refused',
  async (_, service, path, request, code) => {
    const answered = await server.ask(service, path, request);
    expect([answered.status, codeOf(answered)]).toEqual([400, code]);
  },
);

test.each([
  ['eks', '/clusters', put(''), 400, 'InvalidParameterException', 'name is required'],
  ['eks', '/clusters', put('{"name":null}'), 400, 'InvalidParameterException', 'name is required'],
  [
    'eks',
    '/clusters',
    put('{"name":"a","roleArn":"r"}'),
    400,
    'InvalidParameterException',
    'resourcesVpcConfig is required',
  ],
  ['logs', '/', jsonTarget('Logs_20140328.GetLogEvents', '{}'), 400, 'InvalidParameterException', "'logStreamName'"],
  [
    'monitoring',
    '/',
    jsonTarget('GraniteServiceVersion20100801.PutMetricData', '{}'),
    400,
    'MissingRequiredParameterException',
    'Namespace',
  ],
  ['monitoring', '/', form('Action=PutMetricData'), 400, 'MissingParameter', 'Namespace'],
  [
    'organizations',
    '/',
    jsonTarget('AWSOrganizationsV20161128.CloseAccount', ''),
    400,
    'InvalidInputException',
    'INPUT_REQUIRED',
  ],
  ['sns', '/', form('Action=Subscribe&Protocol=sqs'), 400, 'InvalidParameter', 'TopicArn'],
  [
    'sns',
    '/',
    form('Action=PublishBatch&TopicArn=a&PublishBatchRequestEntries.member.1.Message=m'),
    400,
    'InvalidParameter',
    'PublishBatchRequestEntries.1.Id',
  ],
  [
    'sqs',
    '/',
    jsonTarget('AmazonSQS.SendMessage', '{"MessageBody":"b"}'),
    400,
    'MissingRequiredParameterException',
    'parameter QueueUrl',
  ],
  ['sqs', '/', form('Action=SendMessage&MessageBody=b'), 400, 'MissingParameter', 'parameter QueueUrl'],
  ['states', '/', start(''), 400, 'ValidationException', "'stateMachineArn'"],
  ['sts', '/', form('Action=AssumeRole'), 400, 'ValidationError', "'RoleArn'"],
] satisfies [string, string, RequestInit, number, string, string][])(
  'a missing member of %s %s is refused as that service does',
  async (service, path, request, status, code, text) => {
    const answered = await server.ask(service, path, request);
    expect([answered.status, codeOf(answered)]).toEqual([status, code]);
    expect(answered.text).toContain(text);
  },
);

test('SQS names the code of its query protocol beside its JSON', async () => {
  const answered = await server.ask('sqs', '/', jsonTarget('AmazonSQS.SendMessage', '{}'));
  expect(answered.headers.get('x-amzn-query-error')).toBe('MissingParameter;Sender');
});

describe('names that AWS does not have', () => {
  test.each([
    [
      'an operation in JSON',
      'states',
      '/',
      jsonTarget('AWSStepFunctions.Begin', '{}'),
      400,
      'UnknownOperationException',
    ],
    [
      'the target of another service',
      'states',
      '/',
      jsonTarget('AmazonSQS.SendMessage', '{}'),
      400,
      'UnknownOperationException',
    ],
    ['a target without a dot', 'states', '/', jsonTarget('StartExecution', '{}'), 400, 'UnknownOperationException'],
    ['an operation in a form', 'sts', '/', form('Action=Begin'), 400, 'InvalidAction'],
    ['a form without an operation', 'sts', '/', form('Version=2011-06-15'), 400, 'MissingAction'],
    ['an empty form', 'sts', '/', form(''), 400, 'MissingAction'],
    ['a form for a service of JSON', 'states', '/', form('Action=StartExecution'), 400, 'InvalidAction'],
    ['a path', 'eks', '/clusters/a/b/c/d', {}, 404, 'UnknownOperationException'],
    ['a method', 'eks', '/clusters', { method: 'PATCH' }, 404, 'UnknownOperationException'],
    ['an empty label', 'eks', '/clusters//updates', put('{}'), 404, 'UnknownOperationException'],
    ['a path for a service of JSON', 'states', '/executions', {}, 404, 'UnknownOperationException'],
    ['a prototype', 'states', '/', jsonTarget('AWSStepFunctions.constructor', '{}'), 400, 'UnknownOperationException'],
  ] satisfies [string, string, string, RequestInit, number, string][])(
    '%s is refused',
    async (_, service, path, request, status, code) => {
      const answered = await server.ask(service, path, request);
      expect([answered.status, codeOf(answered)]).toEqual([status, code]);
    },
  );

  test('a service of the prototype is none', async () => {
    expect((await server.ask('constructor', '/')).status).toBe(501);
    expect((await server.ask('__proto__', '/')).status).toBe(501);
  });
});

describe('bodies', () => {
  const zipped = (text: string) => ({
    ...start(''),
    body: gzipSync(text),
    headers: { ...start('').headers, 'content-encoding': 'gzip' },
  });

  test.each([
    ['a long one', start('x'.repeat(300_000)), 413, 'RequestEntityTooLargeException'],
    ['a long one behind gzip', zipped('x'.repeat(300_000)), 413, 'RequestEntityTooLargeException'],
    ['a long form', form('x'.repeat(300_000)), 413, 'RequestEntityTooLarge'],
    ['broken gzip', { ...zipped(''), body: 'text' }, 400, 'SerializationException'],
    [
      'another encoding',
      { ...start('{}'), headers: { ...start('').headers, 'content-encoding': 'br' } },
      400,
      'SerializationException',
    ],
  ] satisfies [string, RequestInit, number, string][])('%s is refused', async (_, request, status, code) => {
    const answered = await server.ask('states', '/', request);
    expect([answered.status, codeOf(answered)]).toEqual([status, code]);
  });

  test('gzip is understood', async () => {
    const answered = await server.ask('states', '/', zipped('{"stateMachineArn":"a","name":"é"}'));
    expect(answered.status).toBe(200);
    expect(server.calls.splice(0)).toMatchObject([{ input: { stateMachineArn: 'a', name: 'é' } }]);
  });
});
