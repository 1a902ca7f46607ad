import {
  FUNCTION_PLACES,
  FUNCTION_START,
  functionOf,
  type StartFunction,
} from '../../../test/material/cloud/function-places.ts';
import { signedRequest } from '../../../test/material/cloud/signing.ts';
import { testWorld } from '../../../test/material/eks/world.ts';
import { localAdministrator } from '../../iam/principals/local-administrator.ts';
import type { HttpRequest } from '../../wire/wire-options.ts';
import { installLocalCloud } from '../install-local-cloud.ts';
import type { LocalCloud } from '../local-cloud.ts';
import type { Template } from '../template/assembly.ts';
import type { ProcessSetup } from './function-process.ts';

const HUB = '000000000000';
const SPOKE = '222222222222';
const REGION = 'eu-west-1';

/** Sends each request of its event like the SDK's handler, and returns the answers: every other one through a pipe, like the SDK. */
const SENDER = `
import http from 'node:http';
import { Writable } from 'node:stream';
const once = (options, body, isPiped) => new Promise((resolve) => {
  const request = http.request(options, (response) => {
    const chunks = [];
    const finish = () => {
      const { statusCode: status, headers } = response;
      resolve({ status, headers, body: Buffer.concat(chunks).toString('base64') });
    };
    if (isPiped) {
      const write = (chunk, _, done) => done(void chunks.push(chunk));
      response.pipe(new Writable({ write })).on('finish', finish);
    } else response.on('data', (chunk) => chunks.push(chunk)).on('end', finish);
  });
  request.on('error', ({ code, message }) => resolve({ code, message }));
  request.end(Buffer.from(body, 'base64'));
});
export const handler = async ({ port, requests }) => {
  const answers = [];
  for (const [index, { method, target, headers, body }] of requests.entries())
    answers.push(await once({ host: '127.0.0.1', port, method, path: target, headers }, body, index % 2 === 1));
  return answers;
};`;

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const send = functionOf(SENDER);
const clouds: LocalCloud[] = [];
afterAll(async () => {
  for (const cloud of clouds) await cloud.close();
});

async function startCloud(): Promise<LocalCloud> {
  const Queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } };
  const Table = {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'items',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
  };
  const cloud = await installLocalCloud({
    assembly: {
      folder: '/none',
      templates: new Map<string, Template>([
        ['Hub', { Resources: { Queue, Table } }],
        ['Spoke', { Resources: {} }],
      ]),
      assets: new Map(),
    },
    stacks: [
      { stack: 'Hub', account: HUB, region: REGION, parameters: {} },
      { stack: 'Spoke', account: SPOKE, region: REGION, parameters: {} },
    ],
    eksState: testWorld(() => {}).state,
    start: FUNCTION_START,
    seed: 1,
    accounts: [],
    onNote: () => {},
  });
  clouds.push(cloud);
  return cloud;
}

type ByMessage = Pick<ProcessSetup, 'origin' | 'answer'>;
const [[, inThread]] = FUNCTION_PLACES as [(typeof FUNCTION_PLACES)[number]];

const byMessage = ({ wire }: LocalCloud): ByMessage => ({
  origin: wire.origin,
  answer: ({ body, ...request }) => wire.answer({ ...request, body: Buffer.from(body) }),
});

/** A function that reaches the cloud by messages to its host, or without those by the cloud's port. */
async function answersOf(
  cloud: LocalCloud,
  requests: readonly HttpRequest[],
  messages: ByMessage = {},
  start: StartFunction = inThread,
) {
  const { port } = cloud.wire;
  const event = { port, requests: requests.map((one) => ({ ...one, body: one.body.toString('base64') })) };
  return (await send(start, { variables: {}, now: cloud.time.shared, ...messages }, event)) as Answer[];
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Headers of a connection, and values that differ in each request. */
const OF_ONE_REQUEST = ['date', 'connection', 'keep-alive', 'x-amzn-requestid', 'x-amz-crc32', 'content-length'];

function comparable({ status, headers, body }: Answer): Answer {
  const kept = Object.entries(headers).filter(([name]) => !OF_ONE_REQUEST.includes(name));
  const text = Buffer.from(body, 'base64').toString('utf8').replaceAll(UUID, 'drawn');
  return { status, headers: Object.fromEntries(kept), body: text };
}

type Key = Pick<ReturnType<typeof localAdministrator>, 'accessKeyId' | 'secretAccessKey'>;

async function record(): Promise<HttpRequest[]> {
  const { accessKeyId, secretAccessKey } = localAdministrator(HUB);
  const other = localAdministrator(SPOKE);
  const signed = (
    service: string,
    request: Parameters<typeof signedRequest>[0],
    key: Key = { accessKeyId, secretAccessKey },
  ) => signedRequest(request, { service, region: REGION, now: FUNCTION_START, ...key });
  const table = (operation: string, input: unknown, key?: Key) =>
    signed(
      'dynamodb',
      {
        method: 'POST',
        path: '/',
        headers: { 'X-Amz-Target': `DynamoDB_20120810.${operation}`, 'Content-Type': 'application/x-amz-json-1.0' },
        body: typeof input === 'string' ? input : JSON.stringify(input),
      },
      key,
    );
  const form = (service: string, body: string, key?: Key) =>
    signed(
      service,
      {
        method: 'POST',
        path: '/',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      },
      key,
    );
  const Item = { id: { S: 'a' }, text: { S: 'ü€' } };
  const put = { TableName: 'items', Item, ConditionExpression: 'attribute_not_exists(id)' };
  const whole = await table('PutItem', put);
  return [
    whole,
    // The same again, so its condition fails.
    whole,
    await table('GetItem', { TableName: 'items', Key: { id: { S: 'a' } } }),
    await table('TransactWriteItems', { TransactItems: [{ Put: put }] }),
    await table('BatchGetItem', { RequestItems: { items: { Keys: [{ id: { S: 'a' } }], ConsistentRead: true } } }),
    await table('GetItem', { TableName: 'gone', Key: { id: { S: 'a' } } }),
    await table('DescribeLimits', {}),
    await table('PutItem', '{"TableName":'),
    await table('GetItem', put, { accessKeyId: 'AKIDNOBODY', secretAccessKey: 'x' }),
    await table('GetItem', put, { accessKeyId, secretAccessKey: 'wrong' }),
    { ...whole, body: Buffer.from('changed on its way') },
    { ...whole, headers: { ...whole.headers, authorization: 'AWS4-HMAC-SHA256 odd' } },
    { method: 'POST', target: '/', headers: { host: '127.0.0.1:4566' }, body: Buffer.alloc(0) },
    await signed('eks', { method: 'GET', path: '/clusters' }),
    await signed('eks', { method: 'GET', path: '/clusters/no-such' }),
    await signed('eks', { method: 'POST', path: '/clusters/no-such/updates', body: '{"version":7}' }),
    await signed('lambda', { method: 'GET', path: '/2015-03-31/functions' }),
    await form('sts', 'Action=GetCallerIdentity&Version=2011-06-15'),
    await form('sqs', `Action=SendMessage&QueueUrl=http%3A%2F%2F127.0.0.1%3A4566%2F${HUB}%2Fnone&MessageBody=x`),
    // Another account may not send to this queue.
    await form('sqs', `Action=SendMessage&QueueUrl=http%3A%2F%2F127.0.0.1%3A4566%2F${HUB}%2Fwork&MessageBody=x`, {
      accessKeyId: other.accessKeyId,
      secretAccessKey: other.secretAccessKey,
    }),
    await table('PutItem', { TableName: 'items', Item: { id: { S: 'x'.repeat(9 * 1024 * 1024) } } }),
  ];
}

test.each(FUNCTION_PLACES)(
  'what a function sends by message %s is answered and decided as what comes through the port, byte for byte',
  async (_, start) => {
    const requests = await record();
    const [ported, messaged] = [await startCloud(), await startCloud()];
    const expected = (await answersOf(ported, requests)).map(comparable);
    const answers = (await answersOf(messaged, requests, byMessage(messaged), start)).map(comparable);
    expect(answers).toEqual(expected);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400, 403, 404, 413, 501]));
    // The cloud polls its new table until it is active, as often as the machine needs.
    const asked = ({ action }: { action: string }) => action !== 'dynamodb:DescribeTable';
    const decided = ({ authority: { iam } }: LocalCloud) => ({
      usage: iam.usage().filter(asked),
      denials: iam.denials(),
    });
    expect(decided(messaged)).toEqual(decided(ported));
    expect(decided(messaged).denials.map(({ action }) => action)).toEqual(['sqs:SendMessage']);
    expect(decided(messaged).usage.length).toBeGreaterThan(3);
  },
);

test.each(FUNCTION_PLACES)(
  'a request %s that the host cannot answer ends as one whose connection breaks',
  async (_, start) => {
    const cloud = await startCloud();
    const answer = () => Promise.reject(new Error('broken'));
    const requests = (await record()).slice(0, 2);
    const broken = { code: 'ECONNRESET', message: 'socket hang up' };
    expect(await answersOf(cloud, requests, { origin: cloud.wire.origin, answer }, start)).toEqual([broken, broken]);
  },
);
