import type { BatchOperation, BufferingStore, Callback, DynaliteStore, Item } from './dynalite-store.ts';

/**
 * A view of dynalite's store in which writes are only noted. Its actions run against it unchanged, and what they would have written is
 * then one batch. Locks are those of the transaction, which holds them already.
 */
export class WriteBuffer implements BufferingStore {
  readonly operations: BatchOperation[] = [];
  readonly #store: DynaliteStore;
  readonly options: object;

  constructor(store: DynaliteStore) {
    this.#store = store;
    this.options = store.options;
  }

  readonly getTable: DynaliteStore['getTable'] = (name, ...rest) => this.#store.getTable(name, ...rest);

  readonly getItemDb: BufferingStore['getItemDb'] = (table) => {
    const items = this.#store.getItemDb(table);
    return {
      lock: (_, run) => run((done) => done),
      get: (key, done) => items.get(key, done),
      ...this.#writes(`item-${table}~`),
    };
  };

  readonly getIndexDb: BufferingStore['getIndexDb'] = (indexType, table, index) =>
    this.#writes(`index-${indexType.toLowerCase()}~${table}~${index}~`);

  #writes(prefix: string) {
    return {
      put: (key: string, value: Item, done: Callback) => {
        this.operations.push({ type: 'put', key: prefix + key, value });
        done();
      },
      del: (key: string, done: Callback) => {
        this.operations.push({ type: 'del', key: prefix + key });
        done();
      },
    };
  }
}
