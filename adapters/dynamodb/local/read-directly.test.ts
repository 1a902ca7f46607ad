import { setImmediate } from 'node:timers/promises';
import { LocalTables } from './local-tables.ts';

const tables = new LocalTables();
afterAll(() => tables.close());

const TableName = 'items';
const Key = { pk: { S: 'a' }, sk: { S: '1' } };
const Item = {
  ...Key,
  list: { L: [{ N: '1' }, { N: '2' }] },
  map: { M: { one: { S: 'x' }, two: { SS: ['p', 'q'] } } },
};
const named = { ExpressionAttributeNames: { '#list': 'list', '#map': 'map' } };
const value = (given: object) => ({ ...named, ExpressionAttributeValues: { ':value': given } });

beforeAll(async () => {
  const attributes = ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
  const KeySchema = [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ];
  const table = { TableName, AttributeDefinitions: attributes, KeySchema, BillingMode: 'PAY_PER_REQUEST' };
  expect((await tables.answer('CreateTable', table)).status).toBe(200);
  while (JSON.stringify(await tables.answer('DescribeTable', { TableName })).includes('CREATING')) await setImmediate();
});

beforeEach(async () => {
  expect((await tables.answer('PutItem', { TableName, Item })).status).toBe(200);
});

const stored = async () =>
  ((await tables.answer('GetItem', { TableName, Key, ConsistentRead: true })).body as { Item: object }).Item;

test.each<[name: string, operation: string, input: object, status: number]>([
  [
    'an update that is refused half-way',
    'UpdateItem',
    {
      Key,
      UpdateExpression: 'SET #list[0] = :value, #map.three.four = :value',
      ...value({ S: 'new' }),
      ReturnValues: 'ALL_OLD',
    },
    400,
  ],
  [
    'an update whose condition does not hold',
    'UpdateItem',
    {
      Key,
      UpdateExpression: 'ADD #map.two :value',
      ConditionExpression: 'attribute_not_exists(#list)',
      ...value({ SS: ['r'] }),
    },
    400,
  ],
  [
    'a removal of parts whose condition does not hold',
    'UpdateItem',
    { Key, UpdateExpression: 'REMOVE #list[0], #map.one', ConditionExpression: 'attribute_not_exists(pk)', ...named },
    400,
  ],
  ['parts of an item', 'GetItem', { Key, ProjectionExpression: '#list[1], #map.one, #map.two', ...named }, 200],
  [
    'parts of a range',
    'Query',
    {
      KeyConditionExpression: 'pk = :value',
      ProjectionExpression: '#list[1], #map.one',
      FilterExpression: 'attribute_exists(#map.two)',
      ...value({ S: 'a' }),
    },
    200,
  ],
  ['a scan', 'Scan', { ProjectionExpression: '#list[0], #map.two', ...named }, 200],
])('what is stored is the same after %s', async (_, operation, input, status) => {
  const before = structuredClone(await stored());
  expect(before).toEqual(Item);
  expect((await tables.answer(operation, { TableName, ...input })).status).toBe(status);
  expect(await stored()).toEqual(before);
});

test('what is written is read, not what was there before', async () => {
  const before = structuredClone(await stored());
  const change = {
    TableName,
    Key,
    UpdateExpression: 'SET #list[0] = :value',
    ExpressionAttributeNames: { '#list': 'list' },
  };
  const answered = await tables.answer('UpdateItem', {
    ...change,
    ExpressionAttributeValues: { ':value': { S: 'new' } },
    ReturnValues: 'ALL_OLD',
  });
  expect(answered.body).toMatchObject({ Attributes: before });
  expect(await stored()).toEqual({ ...Item, list: { L: [{ S: 'new' }, { N: '2' }] } });
  const [read] = await Promise.all([stored(), tables.answer('DeleteItem', { TableName, Key })]);
  expect(read).toBeDefined();
  expect(await stored()).toBeUndefined();
});
