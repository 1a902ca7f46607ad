import db from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import {
  type BatchOperation,
  type BufferingStore,
  type Callback,
  type DynaliteAction,
  type DynaliteStore,
  type DynaliteTable,
  type Item,
  indexPrefix,
  isAnswer,
  itemPrefix,
  loadOperation,
  ownBytes,
} from './dynalite-store.ts';
import { areJust, isObject, keyOf, membersOf, plainNumber, tableOf, textsOf, typeOf } from './plain-request.ts';

export interface Answer {
  readonly status: number;
  readonly body: object;
}

const MAX_PARTS = 100;

/**
 * TransactWriteItems on dynalite, which lacks it: takes the locks of all items in one order (the same locks that single-item writes take), runs
 * dynalite's own actions on a write buffer, and writes the buffer in one batch when every condition held.
 */
export async function transactWrite(store: DynaliteStore, items: readonly Record<string, Item>[]): Promise<Answer> {
  let parts: TransactionPart[];
  try {
    if (items.length === 0 || items.length > MAX_PARTS) {
      throw validationAnswer(`Member must have length less than or equal to ${MAX_PARTS} and greater than 0`);
    }
    parts = await Promise.all(items.map((item) => readPart(store, item)));
    if (new Set(parts.map(nameOf)).size < parts.length) {
      throw validationAnswer('Transaction request cannot include multiple operations on one item');
    }
  } catch (error) {
    if (isAnswer(error)) return { status: error.statusCode, body: error.body };
    throw error;
  }
  const release = await lockAll(store, parts);
  try {
    const buffer = new WriteBuffer(store);
    const reasons: Reason[] = [];
    for (const part of parts) reasons.push(await reasonOf(part, buffer));
    if (reasons.some((reason) => reason.Code !== 'None')) return canceled(reasons);
    await ownBytes(() => store.db.batch(buffer.operations));
    return { status: 200, body: {} };
  } finally {
    release();
  }
}

interface Reason {
  readonly Code: 'None' | 'ConditionalCheckFailed' | 'ValidationError';
  readonly Message?: string;
}

async function reasonOf(part: TransactionPart, buffer: WriteBuffer): Promise<Reason> {
  try {
    await part.run(buffer);
    return { Code: 'None' };
  } catch (error) {
    if (!isAnswer(error)) throw error;
    const failed = error.body.__type.endsWith('#ConditionalCheckFailedException');
    return { Code: failed ? 'ConditionalCheckFailed' : 'ValidationError', Message: error.message };
  }
}

function canceled(reasons: readonly Reason[]): Answer {
  const codes = reasons.map((reason) => reason.Code).join(', ');
  return {
    status: 400,
    body: {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
      CancellationReasons: reasons,
    },
  };
}

const nameOf = (part: TransactionPart): string => `${part.table}~${part.key}`;

/** Locks all items, in sorted order, so that two transactions never wait for each other. */
async function lockAll(store: DynaliteStore, parts: readonly TransactionPart[]): Promise<() => void> {
  const releases: (() => void)[] = [];
  for (const part of [...parts].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    const unlock = await new Promise<() => void>((resolve) =>
      store.getItemDb(part.table).lock(part.key, (release) => resolve(release(() => {}))),
    );
    releases.push(unlock);
  }
  return () => {
    for (const unlock of releases) unlock();
  };
}

/**
 * A view of dynalite's store in which writes are only noted. dynalite's actions run against it unchanged, and what they would have written is then
 * one batch. Locking does nothing here, since the transaction holds the locks already.
 */
class WriteBuffer implements BufferingStore {
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
      ...this.#writes(itemPrefix(table)),
    };
  };

  readonly getIndexDb: BufferingStore['getIndexDb'] = (indexType, table, index) =>
    this.#writes(indexPrefix(indexType, table, index));

  #writes(prefix: string) {
    return {
      put: (key: string, value: Item | Buffer, done: Callback) => {
        const put = { type: 'put', key: prefix + key } as const;
        this.operations.push(Buffer.isBuffer(value) ? { ...put, value, valueEncoding: 'buffer' } : { ...put, value });
        done();
      },
      del: (key: string, done: Callback) => {
        this.operations.push({ type: 'del', key: prefix + key });
        done();
      },
    };
  }
}

/** One write of a transaction, validated by dynalite's own rules. */
interface TransactionPart {
  readonly table: string;
  /** dynalite's key of the item inside its table. */
  readonly key: string;
  /** Checks the condition and notes the write; fails with dynalite's own error. */
  run(store: BufferingStore): Promise<void>;
}

const KINDS: Readonly<Record<string, ReturnType<typeof loadOperation>>> = {
  Put: loadOperation('PutItem'),
  Update: loadOperation('UpdateItem'),
  Delete: loadOperation('DeleteItem'),
  // A condition check is a delete that stops after its condition.
  ConditionCheck: { ...loadOperation('DeleteItem'), act: checkCondition },
};

/** Fails with an answer (`ValidationException`, `ResourceNotFoundException`) when the part cannot be run at all. */
async function readPart(store: DynaliteStore, part: Readonly<Record<string, Item>>): Promise<TransactionPart> {
  const [name = '', request = {}] = Object.entries(part)[0] ?? [];
  const kind = KINDS[name];
  if (kind === undefined) throw validationAnswer('TransactItems can only contain one of Check, Put, Update or Delete');
  const known = typeof request.TableName === 'string' ? await tableOf(store, request.TableName) : undefined;
  const plain = known === undefined ? undefined : plainPart(known, name, request);
  if (known !== undefined && plain !== undefined)
    return { table: known.TableName, key: plain.key, run: (buffer) => runPlain(buffer, known.TableName, plain) };
  const { types, custom, act } = kind;
  const data = validations.checkTypes({ ...request }, types);
  validations.checkValidations(data, types, custom, store);
  const table = await readTable(store, String(data.TableName));
  const invalid = data.Item === undefined ? undefined : db.validateItem(data.Item as Item, table);
  if (invalid) throw invalid;
  const key = db.createKey((data.Key ?? data.Item) as Item, table);
  if (key instanceof Error) throw key;
  refuseLongKey(table, (data.Key ?? data.Item) as Item);
  return {
    table: table.TableName,
    key,
    run: (buffer) =>
      new Promise((resolve, reject) => act(buffer, data, (error) => (error ? reject(error) : resolve()))),
  };
}

/** DynamoDB counts bytes; dynalite counts characters. */
function refuseLongKey({ KeySchema }: DynaliteTable, item: Item): void {
  for (const [index, { AttributeName }] of KeySchema.entries()) {
    const { S: text = '' } = item[AttributeName] as { readonly S?: string };
    const [what, most] = index === 0 ? (['hashkey', 2048] as const) : (['all range keys', 1024] as const);
    if (Buffer.byteLength(text) > most)
      throw validationAnswer(`Size of ${what} has exceeded the size limit of ${most} bytes`);
  }
}

function runPlain(buffer: BufferingStore, table: string, { key, holds, write }: PlainPart): Promise<void> {
  return new Promise((resolve, reject) =>
    buffer.getItemDb(table).get(key, (failure, existing) => {
      if (failure && failure.name !== 'NotFoundError') return reject(failure);
      if (!holds(existing)) return reject(conditionAnswer());
      write(buffer, existing);
      resolve();
    }),
  );
}

function checkCondition(...[store, data, done]: Parameters<DynaliteAction>): void {
  const { TableName } = data as { TableName: string };
  store.getTable(TableName, (error, table) => {
    if (error || table === undefined) return done(error);
    const invalid = db.validateKey(data.Key as Item, table);
    if (invalid) return done(invalid);
    const key = db.createKey(data.Key as Item, table);
    if (key instanceof Error) return done(key);
    store.getItemDb(TableName).get(key, (failure, existing) => {
      if (failure && failure.name !== 'NotFoundError') return done(failure);
      done(db.checkConditional(data, existing));
    });
  });
}

function readTable(store: DynaliteStore, name: string): Promise<DynaliteTable> {
  return new Promise((resolve, reject) =>
    store.getTable(name, (error, table) =>
      table === undefined ? reject(error ?? new Error(`${name} has no description`)) : resolve(table),
    ),
  );
}

const validationAnswer = (message: string): Error =>
  answerError('com.amazon.coral.validate#ValidationException', message);

const conditionAnswer = (): Error =>
  answerError('com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', 'The conditional request failed');

const answerError = (type: string, message: string): Error =>
  Object.assign(new Error(message), { statusCode: 400, body: { __type: type, message } });

/** A part of a transaction that can be carried out without dynalite's own code. */
interface PlainPart {
  /** dynalite's key of the item inside its table. */
  readonly key: string;
  /** Whether its condition holds for the existing item. */
  holds(existing: Item | undefined): boolean;
  /** Notes what it writes over the existing item. */
  write(store: BufferingStore, existing: Item | undefined): void;
}

interface PartRequest {
  readonly TableName: unknown;
  readonly Item?: unknown;
  readonly Key?: unknown;
  readonly ConditionExpression?: unknown;
  readonly ExpressionAttributeNames?: unknown;
  readonly ExpressionAttributeValues?: unknown;
}

const MEMBERS = ['TableName', 'ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues'];
/** DynamoDB's limit for an item. The JSON of an item is longer than what DynamoDB counts. */
const MOST_BYTES = 400 * 1024;

/**
 * A part of the kind that Liftlock writes; undefined for every other part and for everything that dynalite would refuse. dynalite goes through every
 * value four times, and writes an item anew for the table and for each index. `npm run bench -- start-command` shows the difference.
 */
function plainPart(table: DynaliteTable, kind: string, request: Item): PlainPart | undefined {
  if (kind === 'Put') return put(table, request);
  if (kind !== 'ConditionCheck') return undefined;
  const { Key, ...rest } = membersOf<PartRequest>(request, [...MEMBERS, 'Key']) ?? { TableName: undefined };
  const key = keyOf(table, Key);
  const holds = conditionOf(rest);
  return key === undefined || holds === undefined ? undefined : { key, holds, write: () => {} };
}

function put(table: DynaliteTable, request: Item): PlainPart | undefined {
  const { Item: item, ...rest } = membersOf<PartRequest>(request, [...MEMBERS, 'Item']) ?? { TableName: undefined };
  const { TableName, KeySchema, GlobalSecondaryIndexes: indexes = [] } = table;
  if (!isObject(item)) return undefined;
  const key = keyOf(table, Object.fromEntries(KeySchema.map(({ AttributeName: name }) => [name, item[name]])));
  const holds =
    rest.ConditionExpression === undefined && Object.keys(rest).length === 1 ? () => true : conditionOf(rest);
  if (key === undefined || holds === undefined || !Object.values(item).every(isPlain)) return undefined;
  const areIndexed = indexes.every(
    ({ Projection, KeySchema: keys }) =>
      Projection.ProjectionType === 'ALL' &&
      keys.every((one) => isOfType(item[one.AttributeName], typeOf(table, one) ?? '')),
  );
  const bytes = ownBytes(() => Buffer.from(JSON.stringify(item)));
  if (!areIndexed || bytes.length > MOST_BYTES) return undefined;
  return {
    key,
    holds,
    write: (store, existing) => {
      const { puts, deletes } = db.getIndexActions(indexes, existing, item, table);
      const done = (): void => {};
      for (const { index, key: old } of deletes) store.getIndexDb('Global', TableName, index).del(old, done);
      for (const { index, key: place } of puts) store.getIndexDb('Global', TableName, index).put(place, bytes, done);
      store.getItemDb(TableName).put(key, bytes, done);
    },
  };
}

/** Whether the value is absent or of that type. */
const isOfType = (value: unknown, type: string): boolean =>
  value === undefined || (isObject(value) && Object.hasOwn(value, type));

/** Whether dynalite would store the value as it is. */
function isPlain(value: unknown): boolean {
  if (!isObject(value)) return false;
  const [[type, said] = [], ...others] = Object.entries(value);
  if (others.length > 0) return false;
  if (type === 'S') return typeof said === 'string';
  if (type === 'N') return plainNumber(value) !== undefined;
  if (type === 'BOOL') return typeof said === 'boolean';
  if (type === 'NULL') return said === true;
  if (type === 'L') return Array.isArray(said) && said.every(isPlain);
  return type === 'M' && isObject(said) && Object.values(said).every(isPlain);
}

const IS_ABSENT = /^attribute_not_exists\((#\w+)\)$/;
const IS_EQUAL = /^(#\w+) = (:\w+)$/;

function conditionOf(request: Omit<PartRequest, 'TableName'>): PlainPart['holds'] | undefined {
  const { ConditionExpression: text, ExpressionAttributeNames, ExpressionAttributeValues: values } = request;
  const names = textsOf(ExpressionAttributeNames);
  if (names === undefined || typeof text !== 'string') return undefined;
  const [, absent] = IS_ABSENT.exec(text) ?? [];
  if (absent !== undefined && areJust(names, [absent]) && values === undefined)
    return (existing) => existing?.[names[absent] ?? ''] === undefined;
  const [, name, value] = IS_EQUAL.exec(text) ?? [];
  if (name === undefined || value === undefined || !isObject(values)) return undefined;
  const number = areJust(names, [name]) && areJust(values, [value]) ? plainNumber(values[value]) : undefined;
  if (number === undefined) return undefined;
  return (existing) => (existing?.[names[name] ?? ''] as { readonly N?: string } | undefined)?.N === number;
}
