import { Stream } from 'node:stream';
import type {
  Callback,
  DynaliteStore,
  DynaliteTable,
  Item,
  ItemStore,
  Range,
  ValueIterator,
} from './dynalite-store.ts';

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
