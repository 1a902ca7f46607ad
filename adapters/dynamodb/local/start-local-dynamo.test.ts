import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../create-dynamo-table.ts';
import { createTables } from '../create-tables.ts';
import { DynamoTable } from '../dynamo-table.ts';
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

const transact = (input: TransactWriteCommandInput) => documentClient(client).send(new TransactWriteCommand(input));
const key = { pk: 'P', sk: 'S' };
const count = (token?: string, by = 1): TransactWriteCommandInput => ({
  ...(token === undefined ? {} : { ClientRequestToken: token }),
  TransactItems: [
    {
      Update: {
        TableName: names.items,
        Key: key,
        UpdateExpression: 'ADD revision :by',
        ExpressionAttributeValues: { ':by': by },
      },
    },
  ],
});
const revision = async () => (await new DynamoTable(documentClient(client), names).get(key))?.revision;

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
  const guarded: TransactWriteCommandInput = {
    ClientRequestToken: 'one',
    TransactItems: [
      { Put: { TableName: names.items, Item: { pk: 'P', sk: 'T' } } },
      { ConditionCheck: { TableName: names.items, Key: key, ConditionExpression: 'attribute_exists(pk)' } },
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
  const table = new DynamoTable(documentClient(client), names);
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
    { TransactItems: [{ Put: { TableName: 'items', Item: key, ConditionExpression: 'nonsense(' } }] },
  ],
])('%s is a ValidationException', async (_, input) => {
  await expect(transact(input as TransactWriteCommandInput)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a table that is not there has its own error', async () => {
  const input = { TransactItems: [{ Put: { TableName: 'nowhere', Item: key } }] };
  await expect(transact(input)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('what is no write at all is refused', async () => {
  await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [{}] }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('with a folder, what was written is there after a restart', async () => {
  const path = await mkdtemp(join(tmpdir(), 'liftlock-dynamo-'));
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const open = async () => {
    const server = await startLocalDynamo({ path });
    const kept = new DynamoDBClient({ endpoint: server.endpoint, region: 'eu-central-1', credentials });
    return { server, kept, table: new DynamoTable(documentClient(kept), names) };
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
