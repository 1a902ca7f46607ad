import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttributeValue,
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { DynamoTable } from '../../adapters/dynamodb/dynamo-table.ts';
import { waitUntilActive } from '../../simulator/cloud/install/install-data.ts';
import { createTables } from '../material/dynamodb/create-tables.ts';
import { type LocalDynamo, startLocalDynamo } from './start-local-dynamo.ts';

let local: LocalDynamo;
let client: DynamoDBClient;
const names = { items: 'items', audit: 'audit' };

beforeEach(async () => {
  local = await startLocalDynamo();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ endpoint: local.endpoint, region: 'eu-central-1', credentials });
  await createTables(client, names);
});
afterEach(async () => {
  client.destroy();
  await local.close();
});

const transact = (input: TransactWriteItemsCommandInput) => client.send(new TransactWriteItemsCommand(input));
const key = { pk: 'P', sk: 'S' };
const storedKey = { pk: { S: 'P' }, sk: { S: 'S' } };
const count = (token?: string, by = 1): TransactWriteItemsCommandInput => ({
  ...(token === undefined ? {} : { ClientRequestToken: token }),
  TransactItems: [
    {
      Update: {
        TableName: names.items,
        Key: storedKey,
        UpdateExpression: 'ADD revision :by',
        ExpressionAttributeValues: { ':by': { N: String(by) } },
      },
    },
  ],
});
const revision = async () => (await new DynamoTable(client, names).get(key))?.revision;

test('a transaction with the token of one that took effect takes no effect again', async () => {
  await Promise.all([transact(count('one')), transact(count('one'))]);
  await transact(count('one'));
  expect(await revision()).toBe(1);
  await transact(count('two'));
  expect(await revision()).toBe(2);
});

test('a token with another request is refused', async () => {
  await transact(count('one'));
  await expect(transact(count('one', 5))).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  expect(await revision()).toBe(1);
});

test('the token of a canceled transaction may be used again', async () => {
  const guarded: TransactWriteItemsCommandInput = {
    ClientRequestToken: 'one',
    TransactItems: [
      { Put: { TableName: names.items, Item: { ...storedKey, sk: { S: 'T' } } } },
      { ConditionCheck: { TableName: names.items, Key: storedKey, ConditionExpression: 'attribute_exists(pk)' } },
    ],
  };
  await expect(transact(guarded)).rejects.toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
  });
  await transact(count());
  await transact(guarded);
});

test('a write whose answer was lost happens once, since the SDK sends the same token again', async () => {
  const table = new DynamoTable(client, names);
  let lost = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const output = await next(args);
      if (context.commandName !== 'TransactWriteItemsCommand' || lost > 0) return output;
      lost += 1;
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', name: 'TimeoutError' });
    },
    { step: 'deserialize', name: 'loseAnswer', priority: 'high' },
  );
  await table.transact([{ type: 'put', item: { ...key, kind: 'Thing', active: false, data: 1 }, expect: 'absent' }]);
  expect(lost).toBe(1);
  expect(await revision()).toBe(1);
});

test.each([
  ['the same item twice', { TransactItems: [count().TransactItems?.[0], count().TransactItems?.[0]] }],
  [
    'an expression that cannot be parsed',
    { TransactItems: [{ Put: { TableName: 'items', Item: storedKey, ConditionExpression: 'nonsense(' } }] },
  ],
])('%s is a ValidationException', async (_, input) => {
  await expect(transact(input as TransactWriteItemsCommandInput)).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('a table that is not there has its own error', async () => {
  const input = { TransactItems: [{ Put: { TableName: 'nowhere', Item: storedKey } }] };
  await expect(transact(input)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('what is no write at all is refused', async () => {
  await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [{}] }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('a table that is made anew under its name has its new keys, whatever was read of it before', async () => {
  const TableName = 'again';
  const table = async (KeyName: string) => {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: KeyName, KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: KeyName, AttributeType: 'S' }],
      }),
    );
    await waitUntilActive(client, TableName);
  };
  const read = (Key: Record<string, AttributeValue>) => client.send(new GetItemCommand({ TableName, Key }));
  await table('before');
  expect((await read({ before: { S: 'x' } })).Item).toBeUndefined();
  await client.send(new DeleteTableCommand({ TableName }));
  await expect(read({ before: { S: 'x' } })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await table('after');
  await expect(read({ before: { S: 'x' } })).rejects.toMatchObject({ name: 'ValidationException' });
  expect((await read({ after: { S: 'x' } })).Item).toBeUndefined();
});

test('pages of a query and its limit end where DynamoDB ends them', async () => {
  const items = Array.from({ length: 250 }, (_, index) => ({ ...key, sk: String(index).padStart(3, '0') }));
  const table = new DynamoTable(client, names);
  for (let start = 0; start < items.length; start += 100)
    await table.transact(
      items.slice(start, start + 100).map(({ pk, sk }) => ({
        type: 'put',
        item: { pk, sk, kind: 'Thing', active: false, data: 'x'.repeat(9_000) },
        expect: 'absent',
      })),
    );
  const input = {
    TableName: names.items,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: 'P' } },
  };
  const first = await client.send(new QueryCommand(input));
  expect(first.Items?.length).toBeGreaterThan(100);
  expect(first.Items?.length).toBeLessThan(130);
  expect(first.LastEvaluatedKey).toBeDefined();
  expect(await table.queryPartition('P')).toHaveLength(250);
  const last = await client.send(new QueryCommand({ ...input, ScanIndexForward: false, Limit: 2 }));
  expect(last.Items?.map(({ sk }) => sk?.S)).toEqual(['249', '248']);
});

test('with a folder, what was written is there after a restart', async () => {
  const path = await mkdtemp(join(tmpdir(), 'liftlock-dynamo-'));
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const open = async () => {
    const server = await startLocalDynamo({ path });
    const kept = new DynamoDBClient({ endpoint: server.endpoint, region: 'eu-central-1', credentials });
    return { server, kept, table: new DynamoTable(kept, names) };
  };
  try {
    const first = await open();
    await createTables(first.kept, names);
    const item = { ...key, kind: 'Thing', active: true, data: { kept: true } };
    await first.table.transact([{ type: 'put', item, expect: 'absent' }]);
    first.kept.destroy();
    await first.server.close();
    const second = await open();
    expect(await second.table.queryActive()).toEqual([{ ...item, revision: 1 }]);
    second.kept.destroy();
    await second.server.close();
  } finally {
    await rm(path, { recursive: true });
  }
});
