import type { WriteOperation } from '../ports/table.ts';

/**
 * Keys and indexes of the two DynamoDB tables, by name: the adapter reads and writes them, the local cloud and the infrastructure
 * create them. `S` and `N` are DynamoDB's attribute types.
 */
export const TABLE_SCHEMA = {
  items: {
    hash: { name: 'pk', type: 'S' },
    range: { name: 'sk', type: 'S' },
    /** Epoch seconds after which DynamoDB may remove the item, some time within days: nobody reads it as a deadline. */
    timeToLive: 'expiresAt',
    indexes: [
      /** Sparse: only items that are not at rest have its hash key. */
      { name: 'active', hash: { name: 'activeKey', type: 'S' }, range: { name: 'pk', type: 'S' } },
      /** Hash key is `<kind>#<shard>`: one kind of ten thousand items shall not be one hot partition. */
      { name: 'kind', hash: { name: 'kindKey', type: 'S' }, range: { name: 'pk', type: 'S' } },
    ],
  },
  /** Append-only: its writers need PutItem and nothing else. */
  audit: { hash: { name: 'subject', type: 'S' }, range: { name: 'sequence', type: 'N' } },
} as const;

export const ACTIVE_INDEX = 'active';
export const KIND_INDEX = 'kind';
/** Hash key of every item in the sparse index. */
export const ACTIVE_KEY = 'active';
/** A reading of ten thousand clusters is spread over so many partitions, and takes so many queries whatever the fleet's size. */
export const KIND_SHARDS = 4;
/** What is read by key or partition alone is left out of the index of kinds: it would hold all of them a second time. */
export const UNLISTED_KINDS: readonly string[] = ['ScanPart', 'StagedMember'];

/** Keys that DynamoDB takes in one BatchGetItem. */
export const BATCH_KEYS = 100;

/** What DynamoDB takes in one transaction (facts: serverless.md §5). */
export const TRANSACTION_OPERATIONS = 100;
const TRANSACTION_BYTES = 4 * 1024 * 1024;
const ITEM_BYTES = 400 * 1024;
/** Characters that the writes of one transaction may have together: the record that the audit keeps of them is one item. */
export const RECORD_LENGTH = 250_000;

/** A hundred items of this size fit into a transaction. */
const FAR_FROM_LIMITS = 32 * 1024;

/**
 * Why no table takes these operations, whatever it holds; undefined when they may be tried. Sizes are those of JSON, in bytes.
 */
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

/** In bytes of UTF-8; for texts far from any limit the most that they can have, which is quicker to tell. */
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
