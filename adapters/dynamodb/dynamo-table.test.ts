import { Readable } from 'node:stream';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { collect } from '../../test/contract/collect.ts';
import { createDynamoTable, dynamoClient } from './create-dynamo-table.ts';
import { DynamoTable, toAttributes, toTransactItem } from './dynamo-table.ts';

const NAMES = { items: 'items', audit: 'audit' };
type Input = Readonly<Record<string, unknown>>;

/** A service that answers each request with the next of these, and nothing once they are used up; what was asked is kept. */
function service(...answers: object[]) {
  const asked: Input[] = [];
  const send = async ({ input }: { readonly input: Input }) => {
    asked.push(structuredClone(input));
    return answers.shift() ?? {};
  };
  const client = dynamoClient({ region: 'eu-central-1' });
  client.send = send as unknown as DynamoDBClient['send'];
  return { asked, table: new DynamoTable(client, NAMES) };
}

test('a partition and the audit are read strongly consistent, an index as it is', async () => {
  const { asked, table } = service();
  await table.queryPartition('P');
  await table.queryPartition('P', 'A#');
  await table.auditHead('fleet');
  await table.auditOf('fleet');
  await collect(table.auditSince(new Date(0)));
  expect(new Set(asked.map(({ ConsistentRead }) => ConsistentRead))).toEqual(new Set([true]));
  expect(asked.slice(0, 5).map(({ TableName }) => TableName)).toEqual(['items', 'items', 'audit', 'audit', 'audit']);
  asked.length = 0;
  await table.queryActive();
  expect(asked).toMatchObject([{ IndexName: 'active', TableName: 'items' }]);
  expect(asked[0]).not.toHaveProperty('ConsistentRead', true);
});

test('a whole partition is asked for without a prefix, which the service would refuse when it is empty', async () => {
  const { asked, table } = service();
  await table.queryPartition('P');
  await table.queryPartition('P', 'A#');
  expect(asked.map(({ ExpressionAttributeNames }) => ExpressionAttributeNames)).toEqual([
    { '#pk': 'pk' },
    { '#pk': 'pk', '#sk': 'sk' },
  ]);
  expect(asked.map(({ ExpressionAttributeValues }) => ExpressionAttributeValues)).toEqual([
    marshall({ ':pk': 'P' }),
    marshall({ ':pk': 'P', ':prefix': 'A#' }),
  ]);
});

test('the whole audit is read in segments side by side, each to its end', async () => {
  const item = (subject: string, sequence: number) => marshall({ subject, sequence });
  const [next, none] = [{ LastEvaluatedKey: item('B', 1) }, {}];
  const { asked, table } = service(
    { Items: [item('A', 1)] },
    { Items: [item('B', 1)], ...next },
    ...Array(6).fill(none),
    {
      Items: [item('B', 2)],
    },
  );
  const found = (await collect(table.auditSince(new Date(0)))).map(({ subject, sequence }) => `${subject}${sequence}`);
  expect(found).toEqual(['A1', 'B1', 'B2']);
  expect(asked.map(({ Segment }) => Segment)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 1]);
  expect(asked.map(({ TotalSegments }) => TotalSegments)).toEqual(Array(9).fill(8));
  expect(asked.at(-1)).toMatchObject({ ExclusiveStartKey: item('B', 1) });
});

test('the head of an audit is one item, the newest, and of that only what the next one follows', async () => {
  const { asked, table } = service({ Items: [marshall({ sequence: 3, hash: 'h' })] });
  expect(await table.auditHead('fleet')).toEqual({ sequence: 3, hash: 'h' });
  expect(asked).toMatchObject([{ Limit: 1, ScanIndexForward: false, ProjectionExpression: '#sequence, #hash' }]);
  expect(await table.auditHead('fleet')).toBeUndefined();
});

test('answers without items are none', async () => {
  const { table } = service();
  expect([await table.queryPartition('P'), await table.queryActive(), await table.queryKind('Thing')]).toEqual([
    [],
    [],
    [],
  ]);
  expect([
    await table.auditOf('S'),
    await collect(table.auditSince(new Date(0))),
    await table.get({ pk: 'p', sk: 's' }),
  ]).toEqual([[], [], undefined]);
});

test('what is kept for a while says until which second, rounded up so that it is not removed too early', () => {
  const expiresAt = new Date('2026-11-20T08:00:00.001Z');
  const kept = { pk: 'P', sk: 's', kind: 'Thing', active: false, data: {} };
  expect(toAttributes({ ...kept, expiresAt }).expiresAt).toBe(Date.parse('2026-11-20T08:00:01Z') / 1000);
  expect(toAttributes(kept)).not.toHaveProperty('expiresAt');
  const full = toTransactItem({ type: 'put', item: { ...kept, active: true, expiresAt }, expect: 'any' }, NAMES);
  expect(full.Update?.UpdateExpression).not.toContain('REMOVE');
  const bare = toTransactItem({ type: 'put', item: kept, expect: 'any' }, NAMES);
  expect(bare.Update?.UpdateExpression).toMatch(/ REMOVE #activeKey, #expiresAt$/);
});

test('a request ends long before the function that makes it, is tried three times, and is not gone through for a log', async () => {
  const client = dynamoClient({ region: 'eu-central-1' });
  expect(await client.config.maxAttempts()).toBe(3);
  expect(client.config.cacheMiddleware).toBe(true);
  expect(client.middlewareStack.identify().filter((one) => one.startsWith('loggerMiddleware'))).toEqual([]);
  const handler = client.config.requestHandler as unknown as {
    configProvider: Promise<{ connectionTimeout: number; requestTimeout: number; throwOnRequestTimeout: boolean }>;
  };
  expect(await handler.configProvider).toMatchObject({
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    throwOnRequestTimeout: true,
  });
  expect(await dynamoClient({ region: 'eu-central-1', maxAttempts: 1 }).config.maxAttempts()).toBe(1);
  expect(createDynamoTable(NAMES, { region: 'eu-central-1' })).toBeInstanceOf(DynamoTable);
});

test('each transaction has a token of its own, and the tries of one have the same', async () => {
  const tokens: string[] = [];
  const client = dynamoClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    requestHandler: {
      handle: async ({ body }: { readonly body: Uint8Array }) => {
        tokens.push((JSON.parse(new TextDecoder().decode(body)) as { ClientRequestToken: string }).ClientRequestToken);
        // The answer to the first try of each is lost on its way.
        const statusCode = tokens.length % 2 === 1 ? 500 : 200;
        return { response: { statusCode, headers: {}, body: Readable.from(['{}']) } };
      },
    },
  });
  const table = new DynamoTable(client, NAMES);
  const key = { pk: 'P', sk: 'S' };
  await table.transact([{ type: 'check', key, expect: 1 }]);
  await table.transact([{ type: 'check', key, expect: 1 }]);
  expect(tokens).toEqual([tokens[0], tokens[0], tokens[2], tokens[2]]);
  expect(tokens[0]).not.toBe(tokens[2]);
  expect(tokens[0]).toMatch(/^[\w-]{1,36}$/);
});
