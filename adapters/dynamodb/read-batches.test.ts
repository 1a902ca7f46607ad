import type {
  AttributeValue,
  BatchGetItemCommand,
  BatchGetItemCommandOutput,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { readBatches } from './dynamo-table.ts';

const key = (sk: string) => ({ pk: 'P', sk });
const stored = (key: Record<string, AttributeValue>) => {
  const { pk, sk } = unmarshall(key);
  return marshall({ pk, sk, kind: 'Thing', revision: 1, data: sk });
};

/** A service that reads as many of the keys of each request as it is told, one number per request, and all of them afterwards. */
function service(...reads: readonly number[]) {
  const asked: string[][] = [];
  const send = async ({ input }: BatchGetItemCommand): Promise<Partial<BatchGetItemCommandOutput>> => {
    const { Keys = [], ConsistentRead } = input.RequestItems?.items ?? {};
    expect(ConsistentRead).toBe(true);
    const most = reads[asked.length] ?? Keys.length;
    asked.push(Keys.map(({ sk }) => sk?.S ?? ''));
    const left = Keys.slice(most);
    return {
      Responses: { items: Keys.slice(0, most).map(stored).reverse() },
      UnprocessedKeys: left.length === 0 ? {} : { items: { Keys: left, ConsistentRead: true } },
    };
  };
  return { asked, client: { send } as unknown as DynamoDBClient };
}

test('what an answer leaves out is asked for again, and everything comes in the order of its keys', async () => {
  const { asked, client } = service(1, 0, 2);
  const items = await readBatches(client, 'items', ['a', 'b', 'c', 'd'].map(key));
  expect(items.map((item) => item?.data)).toEqual(['a', 'b', 'c', 'd']);
  expect(asked).toEqual([['a', 'b', 'c', 'd'], ['b', 'c', 'd'], ['b', 'c', 'd'], ['d']]);
});

test('an item that has not changed is the same one, which nobody can change', async () => {
  const read = async () => (await readBatches(service().client, 'items', [key('same')]))[0];
  const first = await read();
  expect(await read()).toBe(first);
  expect(Object.isFrozen(first)).toBe(true);
});

test('a table that gives nothing again and again is a throttled one, as where it refuses the request', async () => {
  const { asked, client } = service(0, 0, 0, 0, 0, 0, 0);
  await expect(readBatches(client, 'items', [key('a')])).rejects.toMatchObject({
    name: 'ProvisionedThroughputExceededException',
  });
  expect(asked).toHaveLength(6);
});

test('a hundred keys are one request, an item that is named twice is asked for once, and no key is no request', async () => {
  const { asked, client } = service();
  const names = Array.from({ length: 101 }, (_, index) => `I${index}`);
  const items = await readBatches(client, 'items', [...names, 'I0'].map(key));
  expect(items.map((item) => item?.data)).toEqual([...names, 'I0']);
  expect(asked.map((names) => names.length)).toEqual([100, 1]);
  expect(await readBatches(client, 'items', [])).toEqual([]);
  expect(asked).toHaveLength(2);
});
