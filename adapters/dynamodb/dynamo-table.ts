import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  paginateScan,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import {
  ACTIVE_INDEX,
  ACTIVE_KEY,
  KIND_INDEX,
  KIND_SHARDS,
  transactionProblem,
} from '../../core/contracts/table-schema.ts';
import type { AuditHead, AuditItem, ItemKey, StoredItem, Table, WriteOperation } from '../../core/ports/table.ts';
import { readBatches } from './read-batches.ts';
import { byKey, kindKey, toAttributes, toStoredItem } from './stored-item.ts';
import type { TableNames } from './table-schema.ts';
import { invalidTransaction, transactionError } from './transaction-error.ts';
import { toTransactItem } from './write-operations.ts';

/**
 * The table on DynamoDB. Every read by key is a BatchGetItem, so that no function needs two permissions for it. Every write is a TransactWriteItems, the audit has a table of its own into which items are only ever put when
 * absent, and every query follows its pages to the end. What cannot be written at all fails with `InvalidTransaction`. Items past
 * their `expiresAt` may still be read: DynamoDB removes them when it likes.
 */
export class DynamoTable implements Table {
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
    if (problem !== undefined) throw invalidTransaction(problem);
    const command = new TransactWriteItemsCommand({
      TransactItems: operations.map((operation) => toTransactItem(operation, this.#names)),
      // One token for each call: a retry inside the SDK whose first try arrived after all is the same transaction.
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
      // An item carries all that its transaction wrote, of which nothing is needed here.
      ProjectionExpression: '#sequence, #hash',
      ExpressionAttributeNames: { ...query.ExpressionAttributeNames, '#sequence': 'sequence', '#hash': 'hash' },
    };
    const { Items = [] } = await this.#client.send(new QueryCommand(input));
    return Items[0] === undefined ? undefined : (unmarshall(Items[0]) as AuditHead);
  }

  async auditOf(subject: string): Promise<AuditItem[]> {
    return (await this.#query(this.#auditQuery(subject))).map(toAuditItem);
  }

  async auditSince(since: Date): Promise<AuditItem[]> {
    const items: AuditItem[] = [];
    const input = {
      TableName: this.#names.audit,
      ConsistentRead: true,
      FilterExpression: '#at >= :since',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: marshall({ ':since': since.toISOString() }),
    };
    for await (const page of paginateScan({ client: this.#client }, input)) {
      items.push(...(page.Items ?? []).map(toAuditItem));
    }
    return items.sort(inOrderOfWriting);
  }

  async restore(item: StoredItem): Promise<void> {
    const { revision } = item;
    const command = new PutItemCommand({
      TableName: this.#names.items,
      Item: marshall({ ...toAttributes(item), revision }),
    });
    await this.#client.send(command);
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

/** By time; within a subject its own numbers decide, since a transaction gives all its items one time. */
function inOrderOfWriting(a: AuditItem, b: AuditItem): number {
  if (a.subject === b.subject) return a.sequence - b.sequence;
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.subject < b.subject ? -1 : 1;
}

const toAuditItem = (item: Record<string, AttributeValue>): AuditItem => unmarshall(item) as AuditItem;
