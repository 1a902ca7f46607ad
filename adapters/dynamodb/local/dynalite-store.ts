import { createRequire } from 'node:module';
import type { Stream } from 'node:stream';
import { remembered } from '../../../core/model/remembered.ts';

/** Types of dynalite's internals, as far as transactions need them. Callbacks are Node's: error first. */
interface DynaliteOptions {
  /** Folder of the LevelDB store; absent = in memory. */
  readonly path?: string;
  readonly createTableMs?: number;
  readonly deleteTableMs?: number;
  readonly updateTableMs?: number;
}

export type Callback<Value = unknown> = (error?: Error | null, value?: Value) => void;
export type Item = Readonly<Record<string, unknown>>;
type Release = (done: Callback) => Callback;

export interface ItemStore {
  lock(key: string, run: (release: Release) => void): void;
  get(key: string, done: Callback<Item>): void;
  /** Bytes hold the JSON of an item; only a buffer of writes takes them. */
  put(key: string, value: Item | Buffer, done: Callback): void;
  del(key: string, done: Callback): void;
  createValueStream(range?: Range): Stream;
}

/** A range of keys; a `limit` of -1 means all. */
export interface Range {
  readonly gte?: string;
  readonly gt?: string;
  readonly lte?: string;
  readonly lt?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface ValueIterator {
  /** The next values, at most this many; none at the end. */
  nextv(size: number): Promise<Buffer[]>;
  /** All remaining values; closes the iterator. */
  all(): Promise<Buffer[]>;
  close(): Promise<void>;
}

export type BatchOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: Item }
  | { readonly type: 'put'; readonly key: string; readonly value: Buffer; readonly valueEncoding: 'buffer' }
  | { readonly type: 'del'; readonly key: string };

export interface DynaliteStore {
  readonly options: object;
  readonly db: {
    batch(operations: readonly BatchOperation[]): Promise<void>;
    getSync(key: string, options: { readonly valueEncoding: 'buffer' }): Buffer | undefined;
    values(range: Range & { readonly valueEncoding: 'buffer' }): ValueIterator;
  };
  readonly lifecycleManager: { gracefulClose(): Promise<void> };
  /** Definitions of tables, by name. */
  readonly tableDb: {
    put(name: string, definition: DynaliteTable, done: Callback): void;
    del(name: string, done: Callback): void;
  };
  /** With `false` it also returns a table that is being created or deleted. */
  getTable: (name: string, checkStatus: boolean | Callback<DynaliteTable>, done?: Callback<DynaliteTable>) => void;
  getItemDb: (table: string) => ItemStore;
  getIndexDb: (indexType: string, table: string, index: string) => ItemStore;
}

export interface KeyAttribute {
  readonly AttributeName: string;
}

export interface DynaliteTable {
  readonly TableName: string;
  readonly TableStatus: string;
  /** The hash key first. */
  readonly KeySchema: readonly KeyAttribute[];
  readonly AttributeDefinitions: readonly (KeyAttribute & { readonly AttributeType: string })[];
  readonly GlobalSecondaryIndexes?: readonly TableIndex[];
}

interface TableIndex {
  readonly IndexName: string;
  readonly KeySchema: readonly KeyAttribute[];
  readonly Projection: { readonly ProjectionType: string };
}

/** One change of an index that a write leads to. */
interface IndexAction {
  readonly index: string;
  readonly key: string;
}

export interface DynaliteDatabase {
  create(options: DynaliteOptions): DynaliteStore;
  createKey(item: Item, table: DynaliteTable): string | Error;
  hashPrefix(hash: string, type: 'S' | 'N' | 'B'): string;
  toLexiStr(piece: string, type: 'S' | 'N' | 'B'): string;
  /** The changes of indexes that project all attributes. */
  getIndexActions(
    indexes: readonly TableIndex[],
    existing: Item | undefined,
    item: Item,
    table: DynaliteTable,
  ): { readonly puts: readonly IndexAction[]; readonly deletes: readonly IndexAction[] };
  validateKey(key: Item, table: DynaliteTable): Error | undefined | null;
  validateItem(item: Item, table: DynaliteTable): Error | undefined | null;
  checkConditional(data: Item, existing: Item | undefined): Error | undefined | null;
}

interface OperationValidation {
  readonly types: object;
  readonly custom?: (data: Item, store: DynaliteStore) => string | undefined;
}

export interface DynaliteValidations {
  checkTypes(data: Item, types: object): Item;
  /** Throws an error with `statusCode` and `body`. */
  checkValidations(data: Item, types: object, custom: OperationValidation['custom'], store: DynaliteStore): void;
}

export type DynaliteAction = (store: BufferingStore, data: Item, done: Callback) => void;
/** The parts of the store that writing actions use. */
export interface BufferingStore extends Pick<DynaliteStore, 'options' | 'getTable'> {
  getItemDb(table: string): Omit<ItemStore, 'createValueStream'>;
  getIndexDb(indexType: string, table: string, index: string): Pick<ItemStore, 'put' | 'del'>;
}

const load = createRequire(import.meta.url);

/** One of dynalite's operations by its name: `PutItem`. */
export const loadOperation = remembered((operation: string) => {
  const name = operation.charAt(0).toLowerCase() + operation.slice(1);
  const { types, custom } = load(`dynalite/validations/${name}.js`) as OperationValidation;
  return { types, custom, act: load(`dynalite/actions/${name}.js`) as DynaliteAction };
});

/** An error that dynalite means as the answer of the request. */
interface AnswerError extends Error {
  readonly statusCode: number;
  readonly body: { readonly __type: string; readonly message?: string };
}

export function isAnswer(error: unknown): error is AnswerError {
  return error instanceof Error && 'statusCode' in error && 'body' in error;
}

/**
 * Runs code that makes bytes which the tables keep. Node's small buffers share slabs, and one that is kept keeps its whole slab: after a few thousand
 * writes that would be most of the memory. All other code keeps using slabs, since without them a signed request takes a twentieth longer.
 */
export function ownBytes<Made>(make: () => Made): Made {
  const { poolSize } = Buffer;
  Buffer.poolSize = 0;
  try {
    return make();
  } finally {
    Buffer.poolSize = poolSize;
  }
}
