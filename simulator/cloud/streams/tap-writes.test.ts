import { setTimeout } from 'node:timers/promises';
import { LocalTables } from '../../../adapters/dynamodb/local/local-tables.ts';
import { TableStreams } from './table-streams.ts';
import { tapWrites } from './tap-writes.ts';

let tables: LocalTables;
let streams: TableStreams;
beforeEach(async () => {
  tables = new LocalTables();
  streams = new TableStreams();
  for (const TableName of ['told', 'silent'])
    await tables.answer('CreateTable', {
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
  for (const TableName of ['told', 'silent']) await waitUntilActive(TableName);
  streams.add({ arn: 'arn', table: 'told', region: 'eu-west-1', keys: ['id'] });
});
afterEach(() => tables.close());

/** A table that is CREATING answers like a missing one, here as on AWS. */
async function waitUntilActive(TableName: string): Promise<void> {
  const describe = async () => (await tables.answer('DescribeTable', { TableName })).body as Described;
  while ((await describe()).Table.TableStatus !== 'ACTIVE') await setTimeout(1);
}
interface Described {
  readonly Table: { readonly TableStatus: string };
}

/** It works like the wire. */
async function write(operation: string, input: object, expected = 200): Promise<void> {
  const tell = await tapWrites(streams, tables, operation, input);
  const { status } = await tables.answer(operation, input);
  if (status === 200) await tell(0);
  expect(status).toBe(expected);
}
const item = (id: string, a: string) => ({ id: { S: id }, a: { S: a } });
const put = (id: string, a: string, TableName = 'told') => ({ TableName, Item: item(id, a) });
const key = (id: string) => ({ TableName: 'told', Key: { id: { S: id } } });
const update = (id: string, a: string) => ({
  ...key(id),
  UpdateExpression: 'SET a = :a',
  ExpressionAttributeValues: { ':a': { S: a } },
});
const once = { ConditionExpression: 'attribute_not_exists(#id)', ExpressionAttributeNames: { '#id': 'id' } };
const told = () =>
  streams
    .all()
    .flatMap(({ records }) =>
      records.map(({ eventName, dynamodb: { Keys, OldImage, NewImage } }) => [eventName, Keys, OldImage, NewImage]),
    );
const keys = { id: { S: '1' } };

it('tells what was put, changed and removed, with both images', async () => {
  await write('PutItem', put('1', 'a'));
  await write('PutItem', put('1', 'b'));
  await write('UpdateItem', update('1', 'c'));
  await write('DeleteItem', key('1'));
  expect(told()).toEqual([
    ['INSERT', keys, undefined, item('1', 'a')],
    ['MODIFY', keys, item('1', 'a'), item('1', 'b')],
    ['MODIFY', keys, item('1', 'b'), item('1', 'c')],
    ['REMOVE', keys, item('1', 'c'), undefined],
  ]);
});

it('tells each part of a transaction and of a batch', async () => {
  await write('TransactWriteItems', {
    TransactItems: [{ Put: { ...put('1', 'a'), ...once } }, { Put: put('2', 'a') }, { Put: put('1', 'a', 'silent') }],
  });
  await write('TransactWriteItems', {
    TransactItems: [{ Put: put('1', 'b') }, { Update: update('2', 'b') }, { ConditionCheck: { ...key('3'), ...once } }],
  });
  await write('BatchWriteItem', {
    RequestItems: { told: [{ PutRequest: { Item: item('3', 'a') } }, { DeleteRequest: { Key: { id: { S: '2' } } } }] },
  });
  expect(told().map(([eventName, named]) => `${eventName} ${(named as typeof keys).id.S}`)).toEqual([
    ...['INSERT 1', 'INSERT 2', 'MODIFY 1', 'MODIFY 2', 'INSERT 3', 'REMOVE 2'],
  ]);
});

it('tells nothing of what changed nothing, and nothing of what was refused', async () => {
  await write('PutItem', put('1', 'a'));
  await write('PutItem', put('1', 'a'));
  await write('DeleteItem', key('none'));
  await write('PutItem', { ...put('1', 'b'), ...once }, 400);
  await write('GetItem', key('1'));
  expect(told()).toHaveLength(1);
});
