import { LocalTables } from './local-tables.ts';

/** Two tables that are the same: one is written by transactions, the other by dynalite's writes of one item. */
const [transacted, single] = [new LocalTables(), new LocalTables()] as const;
afterAll(() => Promise.all([transacted.close(), single.close()]));

const TableName = 'items';
const key = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });
const keySchema = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' },
  { AttributeName: range, KeyType: 'RANGE' },
];
const index = (name: string, ProjectionType = 'ALL') => ({
  IndexName: name,
  KeySchema: keySchema(name, 'sk'),
  Projection: { ProjectionType },
});
const table = (name: string, indexes: object[], range = 'sk', type = 'S') => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: keySchema('pk', range),
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: range, AttributeType: type },
    ...(indexes.length > 0 ? [{ AttributeName: 'active', AttributeType: 'S' }] : []),
  ],
  ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
});

const TABLES = ['items', 'parts', 'audit'];

beforeAll(async () => {
  for (const tables of [transacted, single]) {
    await tables.answer('CreateTable', table('items', [index('active')]));
    await tables.answer('CreateTable', table('parts', [index('active', 'KEYS_ONLY')]));
    await tables.answer('CreateTable', table('audit', [], 'sequence', 'N'));
    for (const name of TABLES)
      while (JSON.stringify(await tables.answer('DescribeTable', { TableName: name })).includes('CREATING'));
  }
});

beforeEach(async () => {
  for (const tables of [transacted, single])
    for (const name of TABLES) {
      const { body } = await tables.answer('Scan', { TableName: name });
      for (const item of (body as { Items: Record<string, object>[] }).Items) {
        const { pk, sk, sequence } = item;
        await tables.answer('DeleteItem', { TableName: name, Key: { pk, ...(sk ? { sk } : { sequence }) } });
      }
    }
});

/** All that is stored, in the tables and their indexes. */
async function stored(tables: LocalTables): Promise<unknown[]> {
  const all: unknown[] = [];
  for (const name of TABLES)
    for (const IndexName of [undefined, ...(name === 'audit' ? [] : ['active'])])
      all.push((await tables.answer('Scan', { TableName: name, ...(IndexName && { IndexName }) })).body);
  return all;
}

const VALUES = {
  text: { S: 'ü "€"\n' },
  empty: { S: '' },
  number: { N: '-17' },
  list: { L: [{ N: '0' }, { NULL: true }, { L: [] }] },
  map: { M: { yes: { BOOL: true }, none: { M: {} } } },
};
const first = { TableName, Item: { ...key('p', '1'), revision: { N: '1' }, ...VALUES, active: { S: 'yes' } } };
const isAbsent = { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': 'pk' } };
const isAt = (N: string) => ({
  ConditionExpression: '#revision = :expected',
  ExpressionAttributeNames: { '#revision': 'revision' },
  ExpressionAttributeValues: { ':expected': { N } },
});
const changed = (more: object) => ({ TableName, Item: { ...key('p', '1'), revision: { N: '2' }, ...more } });

type Part = readonly ['Put' | 'ConditionCheck', Record<string, unknown>];

test.each([
  ['p', 'ü'.repeat(513)],
  ['ü'.repeat(1025), 's'],
])('a key of more bytes than DynamoDB takes is refused, whatever characters it has', async (pk, sk) => {
  const write = (item: object) =>
    transacted.answer('TransactWriteItems', { TransactItems: [{ Put: { TableName, Item: item } }] });
  expect(await write(key(pk, sk))).toMatchObject({
    status: 400,
    body: { __type: expect.stringContaining('Validation') },
  });
  expect(await write(key(pk.slice(0, 1024), sk.slice(0, 512)))).toMatchObject({ status: 200 });
});

test.each<[name: string, ...parts: Part[]]>([
  ['a first item', ['Put', first]],
  ['a first item that must be', ['Put', { ...first, ...isAbsent }]],
  ['a second one where there is one', ['Put', first], ['Put', { ...first, ...isAbsent }]],
  ['an item over what was read', ['Put', first], ['Put', { ...changed({ active: { S: 'yes' } }), ...isAt('1') }]],
  ['an item over another than was read', ['Put', first], ['Put', { ...changed({}), ...isAt('7') }]],
  ['an item over none', ['Put', { ...changed({}), ...isAt('1') }]],
  ['an item that leaves an index', ['Put', first], ['Put', changed({})]],
  ['an item that comes into an index', ['Put', changed({})], ['Put', first]],
  ['an item that moves in an index', ['Put', first], ['Put', changed({ active: { S: 'no' } })]],
  ['a check that holds', ['Put', first], ['ConditionCheck', { TableName, Key: key('p', '1'), ...isAt('1') }]],
  ['a check that does not hold', ['Put', first], ['ConditionCheck', { TableName, Key: key('p', '1'), ...isAt('2') }]],
  ['a check of none', ['ConditionCheck', { TableName, Key: key('p', '1'), ...isAbsent }]],
  [
    'a check of none where there is one',
    ['Put', first],
    ['ConditionCheck', { TableName, Key: key('p', '1'), ...isAbsent }],
  ],
  [
    'a check of a number that is a text',
    ['Put', changed({ revision: { S: '2' } })],
    ['ConditionCheck', { TableName, Key: key('p', '1'), ...isAt('2') }],
  ],
  ['a range of numbers', ['Put', { TableName: 'audit', Item: { pk: { S: 'p' }, sequence: { N: '10' }, ...VALUES } }]],
  ['numbers that DynamoDB writes otherwise', ['Put', changed({ number: { N: '01.50' }, large: { N: '1e20' } })]],
  ['sets and bytes', ['Put', changed({ set: { SS: ['a', 'b'] }, bytes: { B: 'AAE=' } })]],
  ['an index of keys alone', ['Put', { ...first, TableName: 'parts' }]],
  [
    'another condition',
    ['Put', { ...first, ConditionExpression: 'attribute_not_exists(pk) AND attribute_not_exists(sk)' }],
  ],
  ['no number', ['Put', changed({ number: { N: 'one' } })]],
  ['no value', ['Put', changed({ odd: {} })]],
  ['two values at once', ['Put', changed({ odd: { S: 'a', N: '1' } })]],
  ['no null', ['Put', changed({ odd: { M: { one: { NULL: false } } } })]],
  ['a text that is none', ['Put', changed({ odd: { L: [{ S: 1 }] } })]],
  ['an index of another type', ['Put', changed({ active: { N: '1' } })]],
  ['half a key', ['Put', { TableName, Item: { pk: { S: 'p' } } }]],
  ['an empty key', ['Put', { TableName, Item: key('p', '') }]],
  [
    'a name that is not used',
    ['Put', { ...first, ...isAbsent, ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' } }],
  ],
  ['a value that is not used', ['Put', { ...first, ...isAbsent, ExpressionAttributeValues: { ':odd': { N: '1' } } }]],
  ['names without a condition', ['Put', { ...first, ExpressionAttributeNames: { '#pk': 'pk' } }]],
  ['an item that is too large', ['Put', changed({ large: { S: 'x'.repeat(410 * 1024) } })]],
  ['a table that is not there', ['Put', { ...first, TableName: 'none' }]],
])('a transaction writes %s as dynalite writes it alone, or is refused as it is', async (_, ...parts) => {
  for (const [kind, request] of parts) {
    const { status, body } = await transacted.answer('TransactWriteItems', { TransactItems: [{ [kind]: request }] });
    // A check is a write of an item under its condition that changes nothing.
    const alone =
      kind === 'Put'
        ? await single.answer('PutItem', request)
        : await single.answer('UpdateItem', { ...request, ReturnValues: 'NONE' });
    expect(status).toBe(alone.status);
    const { CancellationReasons: [reason] = [], ...refused } = body as {
      CancellationReasons?: readonly { readonly Code: string; readonly Message?: string }[];
      message?: string;
    };
    const { message } = alone.body as { message?: string };
    if (status !== 200) expect(reason?.Message ?? refused.message).toBe(message);
  }
  // An update of what is not there would make it.
  if (parts.at(-1)?.[0] === 'Put') expect(await stored(transacted)).toEqual(await stored(single));
});

test('nothing of a transaction is written where one part is refused', async () => {
  await transacted.answer('TransactWriteItems', { TransactItems: [{ Put: first }] });
  const before = await stored(transacted);
  const other = { TableName, Item: { ...key('p', '2'), revision: { N: '1' } }, ...isAbsent };
  const { status, body } = await transacted.answer('TransactWriteItems', {
    TransactItems: [{ Put: other }, { ConditionCheck: { TableName, Key: key('p', '1'), ...isAt('9') } }],
  });
  expect([status, body]).toMatchObject([
    400,
    { CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }] },
  ]);
  expect(await stored(transacted)).toEqual(before);
});
