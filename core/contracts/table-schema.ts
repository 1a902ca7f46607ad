import type { WriteOperation } from '../ports/table.ts';

/**
 * Names of keys and indexes of the two DynamoDB tables. The adapter reads and writes them; the local cloud and the infrastructure create them. `S`
 * and `N` are DynamoDB's attribute types.
 */
export const TABLE_SCHEMA = {
  items: {
    hash: { name: 'pk', type: 'S' },
    range: { name: 'sk', type: 'S' },
    /** Epoch seconds after which DynamoDB may remove the item, within some days. So nobody reads it as a deadline. */
    timeToLive: 'expiresAt',
    indexes: [
      /** A sparse index: only items that are not at rest have its hash key. */
      { name: 'active', hash: { name: 'activeKey', type: 'S' }, range: { name: 'pk', type: 'S' } },
      /** The hash key is `<kind>#<shard>`, so that one kind with ten thousand items is not one hot partition. */
      { name: 'kind', hash: { name: 'kindKey', type: 'S' }, range: { name: 'pk', type: 'S' } },
    ],
  },
  /** Append-only, so its writers need no permission to write but PutItem. */
  audit: { hash: { name: 'subject', type: 'S' }, range: { name: 'sequence', type: 'N' } },
} as const;

export const ACTIVE_INDEX = 'active';
export const KIND_INDEX = 'kind';
/** The hash key of every item in the sparse index. */
export const ACTIVE_KEY = 'active';
/** The items of a kind are spread over this many partitions. Reading them takes as many queries, whatever the size of the fleet. */
export const KIND_SHARDS = 4;
/** These kinds are read by key or partition only. They are not in the index of kinds, which would store each of them a second time. */
export const UNLISTED_KINDS: readonly string[] = ['ScanPart', 'StagedMember'];

/** The most keys of one BatchGetItem. */
export const BATCH_KEYS = 100;

/** The most operations of one transaction (facts: serverless.md §5). */
export const TRANSACTION_OPERATIONS = 100;
const TRANSACTION_BYTES = 4 * 1024 * 1024;
const ITEM_BYTES = 400 * 1024;
/** The most bytes of all writes of one transaction, since the audit's record of them is one item. */
export const RECORD_LENGTH = 250_000;

/** A hundred items of this size fit into a transaction. */
const FAR_FROM_LIMITS = 32 * 1024;

/** Why no table can take these operations; undefined when they may be tried. Sizes are those of JSON, in bytes. */
export function transactionProblem(operations: readonly WriteOperation[]): string | undefined {
  if (operations.length === 0) return 'a transaction has no operation';
  if (operations.length > TRANSACTION_OPERATIONS) {
    return `a transaction takes ${TRANSACTION_OPERATIONS} operations, not ${operations.length}`;
  }
  const touched = new Set<string>();
  let bytes = 0;
  for (const operation of operations) {
    const target = targetOf(operation);
    if (touched.has(target)) return `a transaction names ${target} twice`;
    touched.add(target);
    if (operation.type !== 'put' && operation.type !== 'append') continue;
    const size = sizeOf(operation);
    if (size > ITEM_BYTES) return `${target} has ${size} bytes; an item may have ${ITEM_BYTES}`;
    bytes += size;
  }
  return bytes > TRANSACTION_BYTES ? `a transaction has ${bytes} bytes; it may have ${TRANSACTION_BYTES}` : undefined;
}

/** Bytes of UTF-8. For texts far from any limit it is the most that they can have, which is quicker to compute. */
function sizeOf(operation: Extract<WriteOperation, { item: unknown }>): number {
  const told = (operation.textLength ?? FAR_FROM_LIMITS) * 3;
  if (told <= FAR_FROM_LIMITS) return told;
  const text = JSON.stringify(operation.item);
  const most = text.length * 3;
  return most <= FAR_FROM_LIMITS ? most : new TextEncoder().encode(text).length;
}

function targetOf(operation: WriteOperation): string {
  if (operation.type === 'append') return `the audit of ${operation.item.subject}, ${operation.item.sequence}`;
  const { pk, sk } = operation.type === 'put' ? operation.item : operation.key;
  return `the item ${pk} ${sk}`;
}
