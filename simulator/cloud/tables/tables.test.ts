import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { LocalTables, parseInput } from '../../../adapters/dynamodb/local/local-tables.ts';
import type { AuditItem } from '../../../core/ports/table.ts';
import { VirtualClock } from '../../clock/virtual-clock.ts';
import { startWireServer, type WireServer } from '../../wire/wire-server.ts';
import { expiryAttribute, tableRequest } from '../install/install-data.ts';
import type { Resource } from '../template/resolve-stack.ts';
import { AuditOrder } from './audit-order.ts';
import { ExpirySweep } from './expiry-sweep.ts';

const START = new Date('2031-05-06T07:08:09.000Z');
const SECONDS = START.getTime() / 1000;
const table = (properties: Record<string, unknown> = {}) =>
  ({
    name: 'items',
    properties: {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      ...properties,
    },
  }) as unknown as Resource;

it('makes a table as the template says', () => {
  const { name: TableName, properties } = table();
  const { AttributeDefinitions, KeySchema, BillingMode } = properties;
  expect(tableRequest(table())).toEqual({ TableName, AttributeDefinitions, KeySchema, BillingMode });
  expect(tableRequest(table({ GlobalSecondaryIndexes: [1] }))).toMatchObject({ GlobalSecondaryIndexes: [1] });
  expect(expiryAttribute(table())).toBe('expiresAt');
  const disabled = { TimeToLiveSpecification: { AttributeName: 'x', Enabled: false } };
  expect([expiryAttribute(table(disabled)), expiryAttribute(table({ TimeToLiveSpecification: undefined }))]).toEqual([
    undefined,
    undefined,
  ]);
});

describe('the embedded DynamoDB', () => {
  let tables: LocalTables;
  let server: WireServer;
  let client: DynamoDBClient;
  /** It runs before the next request of this operation. */
  let before: Map<string, () => Promise<unknown>>;
  const open = async (path?: string) => {
    tables = new LocalTables(path);
    server = await startWireServer({
      services: {},
      serve: async () => ({}),
      passThrough: {
        dynamodb: async (request, { operation = '' }) => {
          const first = before.get(operation);
          before.delete(operation);
          await first?.();
          const { status, text } = await tables.answerText(operation, parseInput(request.body.toString('utf8')));
          return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: text };
        },
      },
      onUnmodelled: () => {},
      onFailure: () => {},
    });
    const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
    client = new DynamoDBClient({ endpoint: server.origin, region: 'eu-west-1', credentials, maxAttempts: 1 });
  };
  const close = async () => {
    client.destroy();
    await server.close();
    await tables.close();
  };
  const create = async () => {
    await client.send(new CreateTableCommand(tableRequest(table())));
    const describe = () => client.send(new DescribeTableCommand({ TableName: 'items' }));
    while ((await describe()).Table?.TableStatus !== 'ACTIVE');
  };
  beforeEach(async () => {
    before = new Map();
    await open();
    await create();
  });
  afterEach(() => close());

  const put = (id: string, expiresAt?: number, more = {}) =>
    client.send(
      new PutItemCommand({
        TableName: 'items',
        Item: { id: { S: id }, ...(expiresAt === undefined ? {} : { expiresAt: { N: String(expiresAt) } }) },
        ...more,
      }),
    );
  const ids = async () =>
    (await client.send(new ScanCommand({ TableName: 'items' }))).Items?.map(({ id }) => id?.S).sort();

  it('answers what is wrong as AWS does', async () => {
    await put('a');
    await expect(put('a', 1, { ConditionExpression: 'attribute_not_exists(id)' })).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      $metadata: { httpStatusCode: 400 },
    });
    const Key = { id: { S: 'a' } };
    await expect(client.send(new GetItemCommand({ TableName: 'gone', Key }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(
      client.send(new GetItemCommand({ TableName: 'items', Key: { other: { S: 'a' } } })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(client.send(new CreateTableCommand(tableRequest(table())))).rejects.toMatchObject({
      name: 'ResourceInUseException',
    });
    const answer = await fetch(server.origin, {
      method: 'POST',
      body: '{',
      headers: {
        'x-amz-target': 'DynamoDB_20120810.GetItem',
        'content-type': 'application/x-amz-json-1.0',
        authorization:
          'AWS4-HMAC-SHA256 Credential=a/20310506/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        'x-amz-date': '20310506T070809Z',
      },
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('SerializationException');
  });

  it('loses what is over once a virtual day, and nothing else', async () => {
    const clock = new VirtualClock({ start: START });
    const sweep = new ExpirySweep(client, [{ name: 'items', attribute: 'expiresAt' }], clock);
    await put('over', SECONDS + 3_600);
    await put('later', SECONDS + 2 * 86_400);
    await put('forever');
    sweep.start();
    await clock.runUntil(new Date(START.getTime() + 23 * 3_600_000));
    expect(await ids()).toEqual(['forever', 'later', 'over']);
    await clock.runUntil(new Date(START.getTime() + 24 * 3_600_000));
    expect(await ids()).toEqual(['forever', 'later']);
    await clock.runUntil(new Date(START.getTime() + 72 * 3_600_000));
    expect(await ids()).toEqual(['forever']);
    await put('after', SECONDS);
    sweep.stop();
    await clock.runUntilIdle();
    expect(await ids()).toEqual(['after', 'forever']);
  });

  it('keeps what was given more time while it was looked at', async () => {
    const sweep = new ExpirySweep(client, [], new VirtualClock({ start: START }));
    await put('renewed', SECONDS - 1);
    before.set('DeleteItem', () => put('renewed', SECONDS + 100));
    await sweep.sweep({ name: 'items', attribute: 'expiresAt' });
    expect(before.size).toBe(0);
    expect(await ids()).toEqual(['renewed']);
  });

  it('has everything again after it was closed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'liftlock-tables-test-'));
    await close();
    await open(folder);
    await create();
    await put('a');
    await close();
    await open(folder);
    expect(await ids()).toEqual(['a']);
    rmSync(folder, { recursive: true, force: true });
  });
});

it('knows the order in which audit items were written', () => {
  const order = new AuditOrder();
  const item = (subject: string, sequence: number) => ({ subject, sequence }) as unknown as AuditItem;
  const put = (subject: string, sequence: number) => ({
    Put: { Item: { subject: { S: subject }, sequence: { N: String(sequence) } } },
  });
  order.note({ TransactItems: [put('b', 1), { Put: { Item: { id: { S: 'no audit item' } } } }, { Update: {} }] });
  order.note({ TransactItems: [put('a', 7), put('b', 2)] });
  order.note({});
  const sorted = order.sort([item('a', 7), item('old', 1), item('b', 1), item('b', 2), item('old', 2)]);
  expect(sorted).toEqual([item('old', 1), item('old', 2), item('b', 1), item('a', 7), item('b', 2)]);
});
