import { type ItemKey, itemId, type StoredItem, type Table } from '../ports/table.ts';

interface Waiting {
  readonly keys: readonly ItemKey[];
  resolve(items: (StoredItem | undefined)[]): void;
  reject(error: unknown): void;
}

/**
 * A reader whose reads by key go out together: those that are asked for in one turn, as in one `Promise.all`, are one request. Each is
 * strongly consistent, as if it had been read alone.
 */
export function batched(table: Pick<Table, 'getAll'>): Pick<Table, 'get' | 'getAll'> {
  let waiting: Waiting[] = [];
  const send = async (): Promise<void> => {
    const asked = waiting;
    waiting = [];
    try {
      const items = await table.getAll(asked.flatMap(({ keys }) => keys));
      let next = 0;
      for (const { keys, resolve } of asked) {
        resolve(items.slice(next, next + keys.length));
        next += keys.length;
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  };
  const ask = (one: Waiting): void => {
    waiting.push(one);
    if (waiting.length === 1) void Promise.resolve().then(send);
  };
  return {
    get: (key) => new Promise((resolve, reject) => ask({ keys: [key], resolve: ([item]) => resolve(item), reject })),
    getAll: (keys) => new Promise((resolve, reject) => ask({ keys, resolve, reject })),
  };
}

/**
 * A reader that has read these in one request, and reads what else it is asked for when it is asked. For one decision: it gives what it has
 * read ahead however late, and the decision's transaction tells whether it has moved since.
 */
export async function readAhead(
  table: Pick<Table, 'getAll'>,
  keys: readonly ItemKey[],
): Promise<Pick<Table, 'get' | 'getAll'>> {
  return knowing(table, keys, await table.getAll(keys));
}

/** A reader that gives what was read already, and reads the rest of what it is asked for. */
export function knowing(
  table: Pick<Table, 'getAll'>,
  keys: readonly ItemKey[],
  items: readonly (StoredItem | undefined)[],
): Pick<Table, 'get' | 'getAll'> {
  const known = new Map(keys.map((key, index) => [itemId(key), items[index]]));
  const getAll: Table['getAll'] = async (asked) => {
    const missing = asked.filter((key) => !known.has(itemId(key)));
    const read = missing.length === 0 ? [] : await table.getAll(missing);
    const found = new Map(missing.map((key, index) => [itemId(key), read[index]]));
    return asked.map((key) => (known.has(itemId(key)) ? known : found).get(itemId(key)));
  };
  return { get: async (key) => (await getAll([key]))[0], getAll };
}
