import db from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import { type Item, loadOperation, readDirectly } from './dynalite-store.ts';
import { plainRead } from './local-tables.ts';

const store = readDirectly(db.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }));
afterAll(() => store.lifecycleManager.gracefulClose());

/** dynalite's own answer. */
async function dynalite(operation: string, input: object): Promise<object> {
  const { types, custom, act } = loadOperation(operation);
  const data = validations.checkTypes(structuredClone(input) as Item, types);
  validations.checkValidations(data, types, custom, store);
  return new Promise((resolve, reject) =>
    act(store, data, (error, value) => (error ? reject(error) : resolve(value as object))),
  );
}

/** Items in the order of their keys: DynamoDB's batches have none. */
const sorted = (answer: object): object => {
  const { Responses } = answer as { Responses?: Record<string, object[]> };
  for (const items of Object.values(Responses ?? {}))
    items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return answer;
};

const TableName = 'items';
const key = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });
const item = (pk: string, sk: string, more: object = {}) => ({
  ...key(pk, sk),
  data: { M: { says: { S: `„${sk}“ \n "quoted"` }, list: { L: [{ N: '1' }, { NULL: true }] }, 7: { BOOL: false } } },
  ...more,
});

beforeAll(async () => {
  const keySchema = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  const table = (name: string, range: string, type: string, hashes: readonly string[]) => ({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema('pk', range),
    AttributeDefinitions: [
      ...['pk', ...hashes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      { AttributeName: range, AttributeType: type },
    ],
    ...(hashes.length > 0 && {
      GlobalSecondaryIndexes: hashes.map((hash) => ({
        IndexName: hash,
        KeySchema: keySchema(hash, range),
        Projection: { ProjectionType: hash === 'part' ? 'KEYS_ONLY' : 'ALL' },
      })),
    }),
  });
  await dynalite('CreateTable', table(TableName, 'sk', 'S', ['active', 'part']));
  await dynalite('CreateTable', table('audit', 'sequence', 'N', []));
  for (const name of [TableName, 'audit'])
    while (JSON.stringify(await dynalite('DescribeTable', { TableName: name })).includes('CREATING'));
  for (const sk of ['A', 'A#1', 'A#2', 'A#é', 'AB', 'B', 'a'])
    await dynalite('PutItem', {
      TableName,
      Item: item('p', sk, { ...(sk < 'B' && { active: { S: 'yes' } }), part: { S: 'x' } }),
    });
  await dynalite('PutItem', { TableName, Item: item('q', 'A#1', { active: { S: 'yes' } }) });
  for (const sequence of ['1', '2', '10'])
    await dynalite('PutItem', {
      TableName: 'audit',
      Item: { pk: { S: 'p' }, sequence: { N: sequence }, hash: { S: `h${sequence}` }, more: { S: 'm' } },
    });
});

const names = (...all: string[]) => ({
  ExpressionAttributeNames: Object.fromEntries(all.map((one) => [`#${one}`, one])),
});
const values = (all: Record<string, string>) => ({
  ExpressionAttributeValues: Object.fromEntries(Object.entries(all).map(([name, S]) => [`:${name}`, { S }])),
});
const byPartition = { TableName, KeyConditionExpression: '#pk = :pk', ...names('pk') };
const byPrefix = {
  TableName,
  KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
  ...names('pk', 'sk'),
};
const byIndex = { TableName, IndexName: 'active', KeyConditionExpression: '#active = :active', ...names('active') };
const ofAudit = { ...byPartition, TableName: 'audit', ...values({ pk: 'p' }) };
const batch = (...Keys: object[]) => ({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } });

test.each<[name: string, operation: string, input: object]>([
  ['items by their keys', 'BatchGetItem', batch(key('p', 'A'), key('p', 'none'), key('q', 'A#1'), key('p', 'A#é'))],
  [
    'items by numbers',
    'BatchGetItem',
    { RequestItems: { audit: { Keys: ['2', '10'].map((N) => ({ pk: { S: 'p' }, sequence: { N } })) } } },
  ],
  ['no item by its key', 'BatchGetItem', batch(key('r', 'A'))],
  ['a partition', 'Query', { ...byPartition, ...values({ pk: 'p' }), ConsistentRead: true }],
  ['a partition from its end', 'Query', { ...byPartition, ...values({ pk: 'p' }), ScanIndexForward: false }],
  ['the first ones', 'Query', { ...byPartition, ...values({ pk: 'p' }), Limit: 2 }],
  ['as many as there are', 'Query', { ...byPartition, ...values({ pk: 'q' }), Limit: 1 }],
  ['fewer than there may be', 'Query', { ...byPartition, ...values({ pk: 'q' }), Limit: 2 }],
  ['an empty partition', 'Query', { ...byPartition, ...values({ pk: 'r' }), Limit: 2 }],
  ['the beginning of a range', 'Query', { ...byPrefix, ...values({ pk: 'p', prefix: 'A#' }) }],
  ['a beginning that is all of a key', 'Query', { ...byPrefix, ...values({ pk: 'p', prefix: 'A' }) }],
  ['a beginning that no key has', 'Query', { ...byPrefix, ...values({ pk: 'p', prefix: 'C' }) }],
  ['an index', 'Query', { ...byIndex, ...values({ active: 'yes' }) }],
  ['nothing of an index', 'Query', { ...byIndex, ...values({ active: 'no' }) }],
  ['a table with numbers in its range', 'Query', ofAudit],
  [
    'the newest, in parts',
    'Query',
    {
      ...ofAudit,
      ScanIndexForward: false,
      Limit: 1,
      ProjectionExpression: '#sequence, #hash',
      ...names('pk', 'sequence', 'hash'),
    },
  ],
  [
    'parts that are not there',
    'Query',
    { ...byPartition, ...values({ pk: 'p' }), ProjectionExpression: '#none', ...names('pk', 'none') },
  ],
])('%s are read as dynalite reads them', async (_, operation, input) => {
  const text = (await plainRead(store, operation, input)) ?? 'undefined';
  expect(sorted(JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(sorted(await dynalite(operation, input)))));
});

test('what is written anew is read anew', async () => {
  const read = batch(key('s', 'A'));
  for (const says of ['one', 'two']) {
    await dynalite('PutItem', { TableName, Item: { ...key('s', 'A'), says: { S: says } } });
    expect(await plainRead(store, 'BatchGetItem', read)).toContain(says);
  }
});

const longer = 'x'.repeat(1025);
test.each<[name: string, operation: string, input: object]>([
  ['another operation', 'GetItem', { TableName, Key: key('p', 'A') }],
  ['no keys', 'BatchGetItem', batch()],
  ['no table', 'BatchGetItem', {}],
  ['two tables', 'BatchGetItem', { RequestItems: { ...batch(key('p', 'A')).RequestItems, audit: { Keys: [] } } }],
  ['more than a batch', 'BatchGetItem', batch(...Array.from({ length: 101 }, (__, index) => key('p', String(index))))],
  ['a key twice', 'BatchGetItem', batch(key('p', 'A'), key('p', 'A'))],
  ['half a key', 'BatchGetItem', batch({ pk: { S: 'p' } })],
  ['more than a key', 'BatchGetItem', batch({ ...key('p', 'A'), more: { S: 'x' } })],
  ['an empty key', 'BatchGetItem', batch(key('p', ''))],
  ['a key that is too long', 'BatchGetItem', batch(key('p', longer))],
  ['a number for a key', 'BatchGetItem', batch({ pk: { S: 'p' }, sk: { N: '1' } })],
  ['a text that is none', 'BatchGetItem', batch({ pk: { S: 'p' }, sk: { S: 1 } })],
  [
    'a number that DynamoDB writes otherwise',
    'BatchGetItem',
    { RequestItems: { audit: { Keys: [{ pk: { S: 'p' }, sequence: { N: '01' } }] } } },
  ],
  ['a table that is not there', 'BatchGetItem', { RequestItems: { none: { Keys: [key('p', 'A')] } } }],
  ['parts of items', 'BatchGetItem', { RequestItems: { items: { Keys: [key('p', 'A')], AttributesToGet: ['pk'] } } }],
  ['a table that is not there to query', 'Query', { ...byPartition, TableName: 'none', ...values({ pk: 'p' }) }],
  ['an index that is not there', 'Query', { ...byIndex, IndexName: 'none', ...values({ active: 'yes' }) }],
  ['an index of keys alone', 'Query', { ...byIndex, IndexName: 'part', ...names('part'), ...values({ active: 'x' }) }],
  ['a strong read of an index', 'Query', { ...byIndex, ...values({ active: 'yes' }), ConsistentRead: true }],
  ['a page of an index', 'Query', { ...byIndex, ...values({ active: 'yes' }), Limit: 1 }],
  ['no whole number', 'Query', { ...byPartition, ...values({ pk: 'p' }), Limit: 0 }],
  [
    'another attribute than the key',
    'Query',
    { ...byPartition, ExpressionAttributeNames: { '#pk': 'sk' }, ...values({ pk: 'p' }) },
  ],
  [
    'another range than the key',
    'Query',
    { ...byPrefix, ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'active' }, ...values({ pk: 'p', prefix: 'A' }) },
  ],
  [
    'the beginning of a number',
    'Query',
    {
      ...byPrefix,
      TableName: 'audit',
      ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sequence' },
      ...values({ pk: 'p', prefix: '1' }),
    },
  ],
  ['an empty beginning', 'Query', { ...byPrefix, ...values({ pk: 'p', prefix: '' }) }],
  ['a value that is not used', 'Query', { ...byPartition, ...values({ pk: 'p', more: 'x' }) }],
  ['a value that is not given', 'Query', { ...byPartition, ...values({ other: 'p' }) }],
  ['a name that is not used', 'Query', { ...byPartition, ...names('pk', 'sk'), ...values({ pk: 'p' }) }],
  ['another condition', 'Query', { ...byPartition, KeyConditionExpression: '#pk < :pk', ...values({ pk: 'p' }) }],
  ['nested parts', 'Query', { ...ofAudit, ProjectionExpression: '#more.one', ...names('pk', 'more') }],
  ['a filter', 'Query', { ...byPartition, ...values({ pk: 'p' }), FilterExpression: 'attribute_exists(sk)' }],
  ['counting', 'Query', { ...byPartition, ...values({ pk: 'p' }), Select: 'COUNT' }],
])('%s is left to dynalite', async (_, operation, input) => {
  expect(await plainRead(store, operation, input)).toBeUndefined();
});

test('more than DynamoDB reads at once is left to dynalite', async () => {
  const large = { S: 'x'.repeat(380_000) };
  for (const sk of ['1', '2', '3']) await dynalite('PutItem', { TableName, Item: { ...key('large', sk), large } });
  const keys = ['1', '2', '3'].map((sk) => key('large', sk));
  expect(await plainRead(store, 'BatchGetItem', batch(...keys.slice(0, 2)))).toContain('UnprocessedKeys');
  expect(await plainRead(store, 'BatchGetItem', batch(...keys))).toBeUndefined();
  expect(await plainRead(store, 'Query', { ...byPartition, ...values({ pk: 'large' }) })).toBeUndefined();
});
