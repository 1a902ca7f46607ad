import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  paginateScan,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { deepFreeze } from '../../core/config/deep-freeze.ts';
import { errorMessage, errorName, namedError } from '../../core/contracts/errors.ts';
import {
  ACTIVE_INDEX,
  ACTIVE_KEY,
  BATCH_KEYS,
  KIND_INDEX,
  KIND_SHARDS,
  transactionProblem,
  UNLISTED_KINDS,
} from '../../core/contracts/table-schema.ts';
import { sha256Hex } from '../../core/hash/canonical-json.ts';
import { batchesOf } from '../../core/model/batches.ts';
import { atMost, remembered } from '../../core/model/remembered.ts';
import {
  type AuditHead,
  type AuditItem,
  byKey,
  type Expected,
  type ItemKey,
  itemId,
  type RestoredTable,
  type StoredItem,
  type WriteOperation,
} from '../../core/ports/table.ts';
import type { TableNames } from './table-schema.ts';

/**
 * The table on DynamoDB. Every read by key is a BatchGetItem, so that no function needs two permissions for it. Every write except `restore` is a
 * TransactWriteItems, items are only ever put into the audit's table when absent, and every query follows its pages to the end. A transaction that
 * can never be written fails with `InvalidTransaction`. Items past their `expiresAt` may still be read, since DynamoDB removes them when it likes.
 */
export class DynamoTable implements RestoredTable {
  readonly #client: DynamoDBClient;
  readonly #names: TableNames;

  constructor(client: DynamoDBClient, names: TableNames) {
    this.#client = client;
    this.#names = names;
  }

  async get(key: ItemKey): Promise<StoredItem | undefined> {
    const [item] = await this.getAll([key]);
    return item;
  }

  getAll(keys: readonly ItemKey[]): Promise<(StoredItem | undefined)[]> {
    return readBatches(this.#client, this.#names.items, keys);
  }

  async queryPartition(pk: string, skPrefix = ''): Promise<StoredItem[]> {
    const prefixed = skPrefix !== '';
    const items = await this.#query({
      TableName: this.#names.items,
      ConsistentRead: true,
      KeyConditionExpression: prefixed ? '#pk = :pk AND begins_with(#sk, :prefix)' : '#pk = :pk',
      ExpressionAttributeNames: prefixed ? { '#pk': 'pk', '#sk': 'sk' } : { '#pk': 'pk' },
      ExpressionAttributeValues: marshall(prefixed ? { ':pk': pk, ':prefix': skPrefix } : { ':pk': pk }),
    });
    return items.map(toStoredItem);
  }

  async queryActive(): Promise<StoredItem[]> {
    return (await this.#queryIndex(ACTIVE_INDEX, 'activeKey', ACTIVE_KEY)).map(toStoredItem).sort(byKey);
  }

  async queryKind(kind: string): Promise<StoredItem[]> {
    const shards = Array.from({ length: KIND_SHARDS }, (_, shard) =>
      this.#queryIndex(KIND_INDEX, 'kindKey', kindKey(kind, shard)),
    );
    return (await Promise.all(shards)).flat().map(toStoredItem).sort(byKey);
  }

  async transact(operations: readonly WriteOperation[]): Promise<void> {
    const problem = transactionProblem(operations);
    if (problem !== undefined) throw namedError('InvalidTransaction', problem);
    const command = new TransactWriteItemsCommand({
      TransactItems: operations.map((operation) => toTransactItem(operation, this.#names)),
      // One token for each call: where the SDK retries a try that has arrived after all, both are the same transaction.
      ClientRequestToken: randomUUID(),
    });
    try {
      await this.#client.send(command);
    } catch (error) {
      throw transactionError(error, operations);
    }
  }

  async auditHead(subject: string): Promise<AuditHead | undefined> {
    const query = this.#auditQuery(subject);
    const input = {
      ...query,
      ScanIndexForward: false,
      Limit: 1,
      // An audit item carries everything that its transaction wrote, and none of that is needed here.
      ProjectionExpression: '#sequence, #hash',
      ExpressionAttributeNames: { ...query.ExpressionAttributeNames, '#sequence': 'sequence', '#hash': 'hash' },
    };
    const { Items = [] } = await this.#client.send(new QueryCommand(input));
    return Items[0] === undefined ? undefined : (unmarshall(Items[0]) as AuditHead);
  }

  async auditOf(subject: string): Promise<AuditItem[]> {
    return (await this.#query(this.#auditQuery(subject))).map(toAuditItem);
  }

  async *auditSince(since: Date): AsyncGenerator<AuditItem> {
    const input = {
      TableName: this.#names.audit,
      ConsistentRead: true,
      FilterExpression: '#at >= :since',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: marshall({ ':since': since.toISOString() }),
    };
    let segments = Array.from({ length: SEGMENTS }, (_, Segment) =>
      paginateScan({ client: this.#client }, { ...input, Segment, TotalSegments: SEGMENTS }),
    );
    while (segments.length > 0) {
      const read = await Promise.all(segments.map((segment) => segment.next()));
      for (const { value: page } of read) yield* (page?.Items ?? []).map(toAuditItem);
      segments = segments.filter((_, index) => read[index]?.done !== true);
    }
  }

  async restore(item: StoredItem): Promise<void> {
    const { revision } = item;
    const command = new PutItemCommand({
      TableName: this.#names.items,
      Item: marshall({ ...toAttributes(item), revision }),
      ConditionExpression: 'attribute_not_exists(#revision) OR #revision < :revision',
      ExpressionAttributeNames: { '#revision': 'revision' },
      ExpressionAttributeValues: marshall({ ':revision': revision }),
    });
    try {
      await this.#client.send(command);
    } catch (error) {
      if (errorName(error) !== 'ConditionalCheckFailedException') throw error;
    }
  }

  #auditQuery(subject: string): QueryCommandInput {
    return {
      TableName: this.#names.audit,
      ConsistentRead: true,
      KeyConditionExpression: '#subject = :subject',
      ExpressionAttributeNames: { '#subject': 'subject' },
      ExpressionAttributeValues: marshall({ ':subject': subject }),
    };
  }

  #queryIndex(index: string, hashName: string, hash: string): Promise<Record<string, AttributeValue>[]> {
    return this.#query({
      TableName: this.#names.items,
      IndexName: index,
      KeyConditionExpression: '#hash = :hash',
      ExpressionAttributeNames: { '#hash': hashName },
      ExpressionAttributeValues: marshall({ ':hash': hash }),
    });
  }

  async #query(input: QueryCommandInput): Promise<Record<string, AttributeValue>[]> {
    const items: Record<string, AttributeValue>[] = [];
    for await (const page of paginateQuery({ client: this.#client }, input)) items.push(...(page.Items ?? []));
    return items;
  }
}

/**
 * A scan reads one partition of a table at a time, at most 12 MB a second of it where reads are strongly consistent. A new table has four partitions
 * (facts: serverless.md §5), and segments are read side by side.
 */
const SEGMENTS = 8;

const toAuditItem = (item: Record<string, AttributeValue>): AuditItem => unmarshall(item) as AuditItem;

/** The milliseconds to wait before asking again for items that DynamoDB left unread; together far below the time of a function that changes something. */
const PAUSES = [50, 100, 200, 400, 800];

/**
 * Items by key, strongly consistent, in the order of their keys; undefined where there is none. Items that an answer leaves out, because it would be
 * over 16 MB or because the table is throttled, are asked for again. When that does not help, this fails with
 * `ProvisionedThroughputExceededException`, as the service itself does where it reads nothing at all.
 */
export async function readBatches(
  client: DynamoDBClient,
  table: string,
  keys: readonly ItemKey[],
): Promise<(StoredItem | undefined)[]> {
  // The service refuses a batch that names an item twice.
  const distinct = [...new Map(keys.map(({ pk, sk }) => [itemId({ pk, sk }), { pk, sk }])).values()];
  const batches = await Promise.all(batchesOf(distinct, BATCH_KEYS).map((batch) => readBatch(client, table, batch)));
  const found = new Map(batches.flat().map((item) => [itemId(item), item]));
  return keys.map((key) => found.get(itemId(key)));
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

/**
 * DynamoDB's errors under the port's names. A failed condition outweighs a conflict; both mean that the caller decides anew. Throttles and faults
 * keep their own names, since they refuse no decision; a throttled item has the name that it has in other calls.
 */
export function transactionError(error: unknown, operations: readonly WriteOperation[]): unknown {
  if (errorName(error) === 'ValidationException') return namedError('InvalidTransaction', errorMessage(error));
  if (errorName(error) === 'TransactionConflictException' || errorName(error) === 'TransactionInProgressException') {
    return namedError('TransactionConflict', errorMessage(error));
  }
  if (!(error instanceof TransactionCanceledException)) return error;
  const reasons = error.CancellationReasons ?? [];
  const at = (code: string): number => reasons.findIndex((reason) => reason.Code === code);
  const failed = at('ConditionalCheckFailed');
  if (failed >= 0) {
    return namedError('ConditionFailed', `${describe(operations[failed])} is not as it was read`);
  }
  const conflict = at('TransactionConflict');
  if (conflict >= 0) {
    return namedError(
      'TransactionConflict',
      `${describe(operations[conflict])} is being written by another transaction`,
    );
  }
  const invalid = at('ValidationError');
  if (invalid >= 0)
    return namedError('InvalidTransaction', `${describe(operations[invalid])}: ${reasons[invalid]?.Message ?? ''}`);
  // Only these reasons pass by themselves.
  const isThrottled = at('ThrottlingError') >= 0 || at('ProvisionedThroughputExceeded') >= 0;
  return isThrottled
    ? Object.assign(new Error(error.message, { cause: error }), { name: 'ProvisionedThroughputExceededException' })
    : error;
}

function describe(operation: WriteOperation | undefined): string {
  if (operation === undefined) return 'An item';
  if (operation.type === 'append') return `The audit of ${operation.item.subject} ${operation.item.sequence}`;
  const { pk, sk } = operation.type === 'put' ? operation.item : operation.key;
  return `${pk} ${sk}`;
}

/** One write of the port as one part of TransactWriteItems. */
export function toTransactItem(operation: WriteOperation, names: TableNames): TransactWriteItem {
  switch (operation.type) {
    case 'put':
      return operation.expect === 'any'
        ? { Update: overwrite(operation.item, names.items) }
        : {
            Put: {
              TableName: names.items,
              Item: marshall({
                ...toAttributes(operation.item),
                revision: operation.revision ?? (operation.expect === 'absent' ? 1 : operation.expect + 1),
              }),
              ...conditionOf(operation.expect),
            },
          };
    case 'check':
      return {
        ConditionCheck: { TableName: names.items, Key: keyOf(operation.key), ...conditionOf(operation.expect) },
      };
    case 'append':
      return {
        Put: {
          TableName: names.audit,
          Item: marshall(plainJson(operation.item)),
          ConditionExpression: 'attribute_not_exists(#subject)',
          ExpressionAttributeNames: { '#subject': 'subject' },
        },
      };
  }
}

function conditionOf(expect: Exclude<Expected, 'any'>) {
  return expect === 'absent'
    ? { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': 'pk' } }
    : {
        ConditionExpression: '#revision = :expected',
        ExpressionAttributeNames: { '#revision': 'revision' },
        ExpressionAttributeValues: marshall({ ':expected': expect }),
      };
}

/** A put that expects nothing still raises the revision, so that other transactions' checks of the item stay sound. */
function overwrite(item: PutItem, table: string) {
  const { pk, sk, ...attributes } = toAttributes(item);
  const names: Record<string, string> = { '#revision': 'revision' };
  const values: Record<string, unknown> = { ':zero': 0, ':one': 1 };
  const sets = ['#revision = if_not_exists(#revision, :zero) + :one'];
  const removes: string[] = [];
  for (const name of ['kind', 'kindKey', 'data', 'activeKey', 'expiresAt'] as const) {
    names[`#${name}`] = name;
    if (attributes[name] === undefined) {
      removes.push(`#${name}`);
      continue;
    }
    values[`:${name}`] = attributes[name];
    sets.push(`#${name} = :${name}`);
  }
  const remove = removes.length === 0 ? '' : ` REMOVE ${removes.join(', ')}`;
  return {
    TableName: table,
    Key: keyOf({ pk, sk }),
    UpdateExpression: `SET ${sets.join(', ')}${remove}`,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: marshall(values),
  };
}

/** An item as DynamoDB keeps it. `activeKey` exists only while the item is not at rest, which makes its index sparse. */
interface ItemAttributes extends ItemKey {
  readonly kind: string;
  /** Absent for kinds that are never listed. */
  readonly kindKey?: string;
  readonly revision: number;
  readonly data: unknown;
  readonly activeKey?: string;
  readonly expiresAt?: number;
}

type PutItem = Extract<WriteOperation, { readonly type: 'put' }>['item'];

/** All attributes except the revision, which depends on the kind of write. */
export function toAttributes(item: PutItem): Omit<ItemAttributes, 'revision'> {
  const { pk, sk, kind, active, data, expiresAt } = item;
  return {
    pk,
    sk,
    kind,
    ...(UNLISTED_KINDS.includes(kind) ? {} : { kindKey: kindKey(kind, shardOf(pk)) }),
    data: plainJson(data),
    ...(active ? { activeKey: ACTIVE_KEY } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt: Math.ceil(expiresAt.getTime() / 1000) }),
  };
}

/**
 * Gives the same frozen item for the same answer, so that it is unmarshalled, checked and parsed once: most items that a poll or a tick reads have
 * not changed since the last one.
 */
export const toStoredItem = remembered(
  (item: Record<string, AttributeValue>): StoredItem => {
    const { pk, sk, kind, revision, data, activeKey } = unmarshall(item) as ItemAttributes;
    return deepFreeze({ pk, sk, kind, revision, active: activeKey !== undefined, data });
  },
  atMost<string, StoredItem>(500),
  (item) => JSON.stringify(item),
);

const keyOf = ({ pk, sk }: ItemKey): Record<string, AttributeValue> => marshall({ pk, sk });

const kindKey = (kind: string, shard: number): string => `${kind}#${shard}`;

/** Items of one partition share a shard; partitions spread evenly. */
const shardOf = (pk: string): number => Number.parseInt(sha256Hex(pk).slice(0, 8), 16) % KIND_SHARDS;

/** The value as JSON, which is what is stored: members that are `undefined` are left out, dates become texts. */
const plainJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
