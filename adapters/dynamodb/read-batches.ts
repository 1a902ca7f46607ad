import { setTimeout } from 'node:timers/promises';
import { BatchGetItemCommand, type BatchGetItemCommandOutput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BATCH_KEYS } from '../../core/contracts/table-schema.ts';
import type { ItemKey, StoredItem } from '../../core/ports/table.ts';
import { keyOf, toStoredItem } from './stored-item.ts';

/** Milliseconds before asking again for what DynamoDB left unread; together far below what a function that changes something may take. */
const PAUSES = [50, 100, 200, 400, 800];

const idOf = ({ pk, sk }: ItemKey): string => `${pk}\u0000${sk}`;

/**
 * Items by key, strongly consistent, in the order of their keys; undefined where there is none. What an answer leaves out, because it would
 * be over 16 MB or because the table is throttled, is asked for again. Fails with `ProvisionedThroughputExceededException`, as the service
 * does where it reads nothing at all, when that does not help.
 */
export async function readBatches(
  client: DynamoDBClient,
  table: string,
  keys: readonly ItemKey[],
): Promise<(StoredItem | undefined)[]> {
  // The service refuses a batch that names an item twice.
  const distinct = [...new Map(keys.map(({ pk, sk }) => [idOf({ pk, sk }), { pk, sk }])).values()];
  const batches: Promise<StoredItem[]>[] = [];
  for (let start = 0; start < distinct.length; start += BATCH_KEYS)
    batches.push(readBatch(client, table, distinct.slice(start, start + BATCH_KEYS)));
  const found = new Map((await Promise.all(batches)).flat().map((item) => [idOf(item), item]));
  return keys.map((key) => found.get(idOf(key)));
}

async function readBatch(client: DynamoDBClient, table: string, keys: readonly ItemKey[]): Promise<StoredItem[]> {
  const items: StoredItem[] = [];
  let left: BatchGetItemCommandOutput['UnprocessedKeys'] = { [table]: { Keys: keys.map(keyOf), ConsistentRead: true } };
  for (let paused = 0; ; ) {
    const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await client.send(
      new BatchGetItemCommand({ RequestItems: left }),
    );
    const read = (Responses?.[table] ?? []).map(toStoredItem);
    items.push(...read);
    if ((UnprocessedKeys?.[table]?.Keys ?? []).length === 0) return items;
    left = UnprocessedKeys;
    if (read.length > 0) continue;
    const pause = PAUSES[paused];
    if (pause === undefined) {
      const message = `DynamoDB left ${keys.length - items.length} of ${keys.length} items unread, again and again.`;
      throw Object.assign(new Error(message), { name: 'ProvisionedThroughputExceededException' });
    }
    paused += 1;
    await setTimeout(pause);
  }
}
