import type { z } from 'zod';
import { deepFreeze } from '../config/deep-freeze.ts';
import { errorName, namedError } from '../contracts/errors.ts';
import {
  type Expected,
  type ItemKey,
  itemId,
  type StoredItem,
  type Table,
  type WriteOperation,
} from '../ports/table.ts';

/** How one kind of item is kept: its key, its schema, and when it is in the sparse index of items that are not at rest. */
export interface Entity<Data, KeyParts extends readonly unknown[]> {
  readonly kind: string;
  readonly schema: z.ZodType<Data>;
  key(...parts: KeyParts): ItemKey;
  keyOf(data: Data): ItemKey;
  active(data: Data): boolean;
}

/** An item as read, with the revision that a transaction then checks; where there was none, transactions expect `absent`. */
export interface Read<Data> {
  readonly key: ItemKey;
  readonly data: Data;
  readonly revision: number;
}

type DataOfEach<Reads> = {
  readonly [Name in keyof Reads]: Reads[Name] extends Read<infer Data> | undefined ? Data | undefined : never;
};

/** The data of items that were read, by the same names; undefined for missing ones. */
export const dataOfEach = <Reads extends Readonly<Record<string, Read<unknown> | undefined>>>(reads: Reads) =>
  Object.fromEntries(Object.entries(reads).map(([name, read]) => [name, read?.data])) as DataOfEach<Reads>;

export function decode<Data>(entity: Entity<Data, never>, item: StoredItem): Read<Data> {
  return { key: { pk: item.pk, sk: item.sk }, data: dataOf(entity, item), revision: item.revision };
}

/** The data of an item; fails with `UnreadableItem`. */
export function dataOf<Data>(entity: Entity<Data, never>, item: StoredItem): Data {
  const parsed = parseFrozen(entity.schema, item.data);
  if (!parsed.success) {
    throw namedError(
      'UnreadableItem',
      `${entity.kind} ${item.pk} ${item.sk} was written in a shape this version does not know (${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}). Nothing is done with it; deploy the version that wrote it.`,
    );
  }
  return parsed.data;
}

/** Reads an item, strongly consistent; undefined when it is absent; fails with `UnreadableItem`. For several at once: `batched`. */
export async function load<Data, KeyParts extends readonly unknown[]>(
  table: Pick<Table, 'get'>,
  entity: Entity<Data, KeyParts>,
  ...parts: KeyParts
): Promise<Read<Data> | undefined> {
  const item = await table.get(entity.key(...parts));
  return item === undefined ? undefined : decode(entity, item);
}

/** The items with these keys that exist, in one request; fails with `UnreadableItem`. */
export async function loadAll<Data>(
  table: Pick<Table, 'getAll'>,
  entity: Entity<Data, never>,
  keys: readonly ItemKey[],
): Promise<Data[]> {
  const items = keys.length === 0 ? [] : await table.getAll(keys);
  return items.filter((item) => item !== undefined).map((item) => dataOf(entity, item));
}

/** The data of those items that are of one kind; fails with `UnreadableItem`. */
export function ofKind<Data>(items: readonly StoredItem[], entity: Entity<Data, never>): Data[] {
  return items.filter(({ kind }) => kind === entity.kind).map((item) => dataOf(entity, item));
}

/** Everything of one kind; fails with `UnreadableItem`. */
export async function loadKind<Data>(table: Pick<Table, 'queryKind'>, entity: Entity<Data, never>): Promise<Data[]> {
  return (await table.queryKind(entity.kind)).map((item) => dataOf(entity, item));
}

export function put<Data>(entity: Entity<Data, never>, data: Data, expect: Expected, expiresAt?: Date): WriteOperation {
  const key = entity.keyOf(data);
  const expiry = expiresAt === undefined ? {} : { expiresAt };
  return { type: 'put', item: { ...key, kind: entity.kind, active: entity.active(data), data, ...expiry }, expect };
}

/** Writes over the item that was read, or creates it where it was absent. */
export function replace<Data>(
  entity: Entity<Data, never>,
  read: Read<Data> | undefined,
  data: Data,
  expiresAt?: Date,
): WriteOperation {
  return put(entity, data, read?.revision ?? 'absent', expiresAt);
}

/** Checks that an item is still as it was read (or still absent), for items that a decision rests on but does not change. */
export function unchanged<Data, KeyParts extends readonly unknown[]>(
  entity: Entity<Data, KeyParts>,
  read: Read<Data> | undefined,
  ...parts: KeyParts
): WriteOperation {
  return { type: 'check', key: entity.key(...parts), expect: read?.revision ?? 'absent' };
}

/** Results of parsing frozen data, by the data itself. */
const known = new WeakMap<object, { readonly schema: unknown; readonly result: unknown }>();

/** `schema.safeParse`, only once for frozen data: a table gives the same frozen item again as long as it has not changed. */
export function parseFrozen<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  if (typeof value !== 'object' || value === null) return schema.safeParse(value);
  const before = known.get(value);
  if (before?.schema === schema) return before.result as z.ZodSafeParseResult<z.output<Schema>>;
  // This is checked last, since it takes longer than all the other checks.
  if (!Object.isFrozen(value)) return schema.safeParse(value);
  const result = schema.safeParse(value);
  if (result.success) deepFreeze(result.data);
  known.set(value, { schema, result });
  return result;
}

interface Waiting {
  readonly keys: readonly ItemKey[];
  resolve(items: (StoredItem | undefined)[]): void;
  reject(error: unknown): void;
}

/**
 * A reader whose reads by key go out together: all that are asked for in one turn of the event loop, as in one `Promise.all`, make one request. Each
 * read is strongly consistent, as if it were made alone.
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
 * A reader that has read these keys in one request, and reads others when it is asked for them. It is for one decision: it returns what it has read
 * ahead however late, and the transaction of the decision tells whether that has moved since.
 */
export async function readAhead(
  table: Pick<Table, 'getAll'>,
  keys: readonly ItemKey[],
): Promise<Pick<Table, 'get' | 'getAll'>> {
  return knowing(table, keys, await table.getAll(keys));
}

/** A reader that returns items that were read already, and reads all others when it is asked for them. */
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

const CONTENTION = new Set(['ConditionFailed', 'TransactionConflict']);

export const isContention = (error: unknown): boolean => CONTENTION.has(errorName(error));

/**
 * Reads, decides and writes; when something moved in between, does all of this again. `attempt` must read afresh each time, since a decision on old
 * reads is what the transaction refused. After `times` tries it fails with the last refusal.
 */
export async function decideAndWrite<Result>(attempt: () => Promise<Result>, times = 8): Promise<Result> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isContention(error) || tried >= times) throw error;
    }
  }
}
