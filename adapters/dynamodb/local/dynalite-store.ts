import { createRequire } from 'node:module';
import { Stream } from 'node:stream';
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

interface ItemStore {
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

interface ValueIterator {
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

/** This many values are taken from the database at once. */
const PORTION = 100;

/**
 * Changes how dynalite reads what it stores, not what it reads. The definition of a table is parsed when it changes and not for each item; an item
 * comes without a turn of the event loop and is parsed once; and a range comes in portions instead of through a stream of Node. `npm run bench --
 * start-command` shows the difference.
 */
export function readDirectly(store: DynaliteStore): DynaliteStore {
  keepDefinitions(store);
  const { getItemDb, getIndexDb } = store;
  store.getItemDb = (table) => direct(store, getItemDb(table), itemPrefix(table));
  store.getIndexDb = (type, table, index) =>
    direct(store, getIndexDb(type, table, index), indexPrefix(type, table, index));
  return store;
}

/** The prefix under which dynalite keeps the items of a table. */
export const itemPrefix = (table: string): string => `item-${table}~`;

/** The prefix under which dynalite keeps the items of an index. */
export const indexPrefix = (type: string, table: string, index: string): string =>
  `index-${type.toLowerCase()}~${table}~${index}~`;

/** A range of dynalite's keys as a range of the database's keys. */
export function rangeUnder(prefix: string, { gte, gt, lte, lt, ...options }: Range): Range {
  return {
    ...options,
    ...(gt !== undefined && gte === undefined ? { gt: prefix + gt } : { gte: prefix + (gte ?? '') }),
    ...(lte === undefined ? { lt: prefix + (lt ?? '\xFF') } : { lte: prefix + lte }),
  };
}

/** Keeps parsed definitions of tables; one that was read while it was being changed is not kept. */
function keepDefinitions(store: DynaliteStore): void {
  const { getTable, tableDb } = store;
  const kept = new Map<string, DynaliteTable>();
  let changes = 0;
  const forget = (): void => {
    changes += 1;
    kept.clear();
  };
  /** Forgets the definitions now, and again when the change is done. */
  const forgetting = (done: Callback): Callback => {
    forget();
    return (error) => {
      forget();
      done(error);
    };
  };
  const { put, del } = tableDb;
  tableDb.put = (name, definition, done) => put(name, definition, forgetting(done));
  tableDb.del = (name, done) => del(name, forgetting(done));
  store.getTable = (name, checkStatus, given) => {
    const done = typeof checkStatus === 'function' ? checkStatus : given;
    // A caller that passes `false` may be about to change the table.
    if (checkStatus === false || done === undefined) return getTable(name, checkStatus, given);
    const known = kept.get(name);
    if (known !== undefined) return done(null, known);
    const before = changes;
    getTable(name, (error, table) => {
      if (table?.TableStatus === 'ACTIVE' && before === changes) kept.set(name, table);
      done(error, table);
    });
  };
}

const AS_BYTES = { valueEncoding: 'buffer' } as const;
const parsed = new WeakMap<Buffer, Item>();

/**
 * The parsed item. A database in memory gives the same bytes until they are written anew, and none of dynalite's actions changes an item that it has
 * read.
 */
function read(bytes: Buffer | undefined): Item | undefined {
  if (bytes === undefined) return undefined;
  let item = parsed.get(bytes);
  if (item === undefined) {
    item = JSON.parse(bytes.toString('utf8')) as Item;
    parsed.set(bytes, item);
  }
  return item;
}

const changed = new WeakSet<ItemStore>();

function direct({ db }: DynaliteStore, items: ItemStore, prefix: string): ItemStore {
  if (changed.has(items)) return items;
  changed.add(items);
  items.get = (key, done) => {
    let item: Item | undefined;
    try {
      item = read(db.getSync(prefix + key, AS_BYTES));
    } catch (error) {
      return done(error as Error);
    }
    done(null, item);
  };
  items.createValueStream = (range = {}) => new Portions(db.values({ ...rangeUnder(prefix, range), ...AS_BYTES }));
  return items;
}

/** The parts of a stream that dynalite listens to. */
class Portions extends Stream {
  #isOver = false;

  constructor(values: ValueIterator) {
    super();
    void this.#read(values);
  }

  /** Called when dynalite does not want the rest. */
  destroy(): void {
    this.#isOver = true;
  }

  async #read(values: ValueIterator): Promise<void> {
    try {
      for (;;) {
        const portion = await values.nextv(PORTION);
        for (const value of portion) if (!this.#isOver) this.emit('data', read(value));
        if (this.#isOver) return;
        if (portion.length === 0) break;
      }
      this.emit('end');
    } catch (error) {
      this.emit('error', error);
    } finally {
      await values.close();
    }
  }
}
