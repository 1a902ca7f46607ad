import db from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import { parseJson } from '../../../core/model/parse-json.ts';
import {
  type DynaliteStore,
  type DynaliteTable,
  type Item,
  indexPrefix,
  isAnswer,
  itemPrefix,
  loadOperation,
  ownBytes,
  type Range,
  rangeUnder,
  readDirectly,
} from './dynalite-store.ts';
import {
  areJust,
  hashPrefix,
  hex,
  isObject,
  keyOf,
  membersOf,
  plainText,
  tableOf,
  textsOf,
  typeOf,
} from './plain-request.ts';
import { type Answer, transactWrite } from './transact-write.ts';

/** The operations of dynalite 4.0.0. */
const OPERATIONS = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
]);

/** The object in a request's body; undefined where there is none. */
export function parseInput(body: string): object | undefined {
  const value = parseJson(body);
  return typeof value === 'object' && value !== null ? value : undefined;
}

/**
 * DynamoDB's tables in this process: dynalite's own actions behind its own validation, and TransactWriteItems, which dynalite lacks. For development
 * only.
 */
export class LocalTables {
  readonly #store: DynaliteStore;
  readonly #tokens = new RequestTokens();

  /** @param path folder that keeps the data; absent = in memory */
  constructor(path?: string) {
    const times = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
    this.#store = readDirectly(db.create({ ...times, ...(path === undefined ? {} : { path }) }));
  }

  /**
   * Answers a request that is signed by an allowed principal. Rejects only where dynalite itself fails.
   *
   * @param operation as in `X-Amz-Target`: `GetItem`
   * @param input the object in the request's JSON; undefined where there is none
   */
  async answer(operation: string, input: object | undefined): Promise<Answer> {
    if (input === undefined) return refusal('com.amazon.coral.service#SerializationException');
    if (operation === 'TransactWriteItems') return this.#transact(input);
    if (!OPERATIONS.has(operation)) return refusal('com.amazon.coral.service#UnknownOperationException');
    const { types, custom, act } = loadOperation(operation);
    try {
      const data = validations.checkTypes({ ...input }, types);
      validations.checkValidations(data, types, custom, this.#store);
      const output = await new Promise<unknown>((resolve, reject) => {
        ownBytes(() => act(this.#store, data, (error, value) => (error ? reject(error) : resolve(value))));
      });
      return { status: 200, body: output as object };
    } catch (error) {
      if (isAnswer(error)) return { status: error.statusCode, body: error.body };
      throw error;
    }
  }

  /** Like `answer`, but returns the JSON of the body. */
  async answerText(
    operation: string,
    input: object | undefined,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const read = input === undefined ? undefined : await plainRead(this.#store, operation, input);
    if (read !== undefined) return { status: 200, text: read };
    const { status, body } = await this.answer(operation, input);
    return { status, text: JSON.stringify(body) };
  }

  /** Waits until everything that was accepted is written. */
  close(): Promise<void> {
    return this.#store.lifecycleManager.gracefulClose();
  }

  #transact(input: object): Promise<Answer> {
    const { TransactItems = [], ClientRequestToken } = input as {
      TransactItems?: Record<string, Item>[];
      ClientRequestToken?: string;
    };
    const run = (): Promise<Answer> => transactWrite(this.#store, TransactItems);
    return this.#tokens.once(ClientRequestToken, JSON.stringify(TransactItems), Date.now(), run);
  }
}

const refusal = (type: string): Answer => ({ status: 400, body: { __type: type } });

/** How long DynamoDB remembers a `ClientRequestToken`. */
const REMEMBERED_MILLISECONDS = 10 * 60_000;

/**
 * Makes a transaction with a `ClientRequestToken` happen once: a repeat gets the answer of the first one, and another request with the token is
 * refused.
 */
class RequestTokens {
  readonly #known = new Map<
    string,
    { readonly request: string; readonly answer: Promise<Answer>; readonly at: number }
  >();

  async once(token: string | undefined, request: string, now: number, run: () => Promise<Answer>): Promise<Answer> {
    if (token === undefined) return run();
    this.#forget(now);
    const known = this.#known.get(token);
    if (known !== undefined) return known.request === request ? known.answer : mismatch();
    const answer = run();
    this.#known.set(token, { request, answer, at: now });
    // Only a transaction that took effect is remembered: a canceled one may be tried again under its token.
    const settled = await answer.catch((error: unknown) => {
      this.#known.delete(token);
      throw error;
    });
    if (settled.status !== 200) this.#known.delete(token);
    return settled;
  }

  /** The map keeps tokens in the order in which they came, so the oldest are first. */
  #forget(now: number): void {
    for (const [name, { at }] of this.#known) {
      if (now - at <= REMEMBERED_MILLISECONDS) return;
      this.#known.delete(name);
    }
  }
}

const mismatch = (): Answer => ({
  status: 400,
  body: {
    __type: 'com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException',
    Message: 'The request uses the same client token as a previous, but non-identical request.',
  },
});

/** Above this size DynamoDB leaves items out of an answer. The JSON of an item is longer than what DynamoDB counts. */
const MOST_CHARACTERS = 1024 * 1024;
const MOST_KEYS = 100;

/**
 * The JSON with which dynalite would answer the reads that Liftlock makes; undefined for every other request and for everything that dynalite would
 * refuse. Items are stored as JSON in DynamoDB's form already, but dynalite parses, measures and writes them anew for each read, which takes five
 * times as long as everything else. `npm run bench -- start-command` shows the difference.
 */
export async function plainRead(store: DynaliteStore, operation: string, input: object): Promise<string | undefined> {
  if (operation === 'BatchGetItem') return batch(store, input);
  if (operation === 'Query') return query(store, input);
  return undefined;
}

interface BatchRequest {
  readonly Keys?: unknown;
  readonly ConsistentRead?: unknown;
}

/** A BatchGetItem of one table, by whole keys, with all attributes. */
async function batch(store: DynaliteStore, input: object): Promise<string | undefined> {
  const { RequestItems } = membersOf<{ RequestItems: unknown }>(input, ['RequestItems']) ?? {};
  const [named, ...others] = isObject(RequestItems) ? Object.entries(RequestItems) : [];
  if (named === undefined || others.length > 0) return undefined;
  const [name, request] = named;
  const { Keys, ConsistentRead = false } = membersOf<BatchRequest>(request, ['Keys', 'ConsistentRead']) ?? {};
  if (!Array.isArray(Keys) || Keys.length === 0 || Keys.length > MOST_KEYS) return undefined;
  const table = typeof ConsistentRead === 'boolean' ? await tableOf(store, name) : undefined;
  if (table === undefined) return undefined;
  const keys = Keys.map((key) => keyOf(table, key));
  if (keys.includes(undefined) || new Set(keys).size < keys.length) return undefined;
  const texts: string[] = [];
  let length = 0;
  for (const key of keys) {
    const bytes = store.db.getSync(`${itemPrefix(name)}${key}`, { valueEncoding: 'buffer' });
    if (bytes === undefined) continue;
    texts.push(textOf(bytes));
    length += bytes.length;
  }
  if (length > MOST_CHARACTERS) return undefined;
  return `{"Responses":{${JSON.stringify(name)}:[${shuffled(texts).join(',')}]},"UnprocessedKeys":{}}`;
}

/** Any order, as in DynamoDB's own answers, so that no code comes to rely on one. */
function shuffled(texts: string[]): string[] {
  for (let last = texts.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [texts[last], texts[other]] = [texts[other] ?? '', texts[last] ?? ''];
  }
  return texts;
}

interface QueryRequest {
  readonly TableName?: unknown;
  readonly IndexName?: unknown;
  readonly ConsistentRead?: unknown;
  readonly KeyConditionExpression?: unknown;
  readonly ExpressionAttributeNames?: unknown;
  readonly ExpressionAttributeValues?: unknown;
  readonly ScanIndexForward?: unknown;
  readonly Limit?: unknown;
  readonly ProjectionExpression?: unknown;
}

const QUERY_MEMBERS = [
  'TableName',
  'IndexName',
  'ConsistentRead',
  'KeyConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ScanIndexForward',
  'Limit',
  'ProjectionExpression',
];
const CONDITION = /^(#\w+) = (:\w+)(?: AND begins_with\((#\w+), (:\w+)\))?$/;

/** A Query of one partition of a table, or of an index with all attributes, by the beginning of its range key; the first items or all. */
async function query(store: DynaliteStore, input: object): Promise<string | undefined> {
  const request = membersOf<QueryRequest>(input, QUERY_MEMBERS);
  if (request === undefined || typeof request.TableName !== 'string') return undefined;
  const { TableName, IndexName, ConsistentRead = false, ScanIndexForward = true, Limit } = request;
  if (typeof ConsistentRead !== 'boolean' || typeof ScanIndexForward !== 'boolean') return undefined;
  if (Limit !== undefined && !(Number.isInteger(Limit) && Number(Limit) > 0)) return undefined;
  // The end of a page of an index has to name more than the table's key.
  if (IndexName !== undefined && (ConsistentRead || Limit !== undefined)) return undefined;
  const table = await tableOf(store, TableName);
  const index = table?.GlobalSecondaryIndexes?.find((one) => one.IndexName === IndexName);
  const keys = IndexName === undefined ? table?.KeySchema : index?.KeySchema;
  if (table === undefined || keys === undefined) return undefined;
  if (index !== undefined && index.Projection.ProjectionType !== 'ALL') return undefined;
  const asked = askedFor(request, table, keys);
  if (asked === undefined) return undefined;
  const prefix = index === undefined ? itemPrefix(TableName) : indexPrefix('global', TableName, index.IndexName);
  const limit = Limit === undefined ? -1 : Number(Limit);
  const range = { ...rangeUnder(prefix, asked.range), reverse: !ScanIndexForward, limit };
  const found = await store.db.values({ ...range, valueEncoding: 'buffer' }).all();
  if (found.reduce((sum, { length }) => sum + length, 0) > MOST_CHARACTERS) return undefined;
  return answerOf(found, found.length === limit ? table : undefined, asked.projected);
}

/** The range that is asked for, and which attributes; undefined where the request is not one of the plain kind. */
function askedFor(
  { KeyConditionExpression, ProjectionExpression, ...request }: QueryRequest,
  table: DynaliteTable,
  keys: DynaliteTable['KeySchema'],
): { readonly range: Range; readonly projected: readonly string[] | undefined } | undefined {
  const names = textsOf(request.ExpressionAttributeNames);
  const values = isObject(request.ExpressionAttributeValues) ? request.ExpressionAttributeValues : {};
  const condition = typeof KeyConditionExpression === 'string' ? CONDITION.exec(KeyConditionExpression) : null;
  if (condition === null || names === undefined) return undefined;
  const [, hashName = '', hashValue = '', rangeName, rangeValue] = condition;
  const projectedNames = ProjectionExpression === undefined ? [] : projectionOf(ProjectionExpression);
  if (projectedNames === undefined) return undefined;
  const usedNames = [hashName, ...(rangeName === undefined ? [] : [rangeName]), ...projectedNames];
  const usedValues = [hashValue, ...(rangeValue === undefined ? [] : [rangeValue])];
  if (!areJust(names, usedNames) || !areJust(values, usedValues)) return undefined;
  const [hashKey, rangeKey] = keys;
  if (
    names[hashName] !== hashKey?.AttributeName ||
    !keys.slice(0, usedValues.length).every((key) => typeOf(table, key) === 'S')
  )
    return undefined;
  if (rangeName !== undefined && names[rangeName] !== rangeKey?.AttributeName) return undefined;
  const hash = plainText(values[hashValue], 2048);
  const begin = rangeValue === undefined ? '' : plainText(values[rangeValue], 1024);
  if (hash === undefined || begin === undefined) return undefined;
  const partition = hashPrefix(hash);
  const projected = ProjectionExpression === undefined ? undefined : projectedNames.map((name) => names[name] ?? '');
  if (rangeValue === undefined) return { range: { gte: partition, lt: `${partition}~` }, projected };
  return { range: { gte: `${partition}${hex(begin)}/`, lt: `${partition}${hex(begin)}~` }, projected };
}

const projectionOf = (expression: unknown): string[] | undefined =>
  typeof expression === 'string' && /^#\w+(?:, #\w+)*$/.test(expression) ? expression.split(', ') : undefined;

/** `ended`: the table, where there may be more items after the last one that was found. */
function answerOf(
  found: readonly Buffer[],
  ended: DynaliteTable | undefined,
  projected: readonly string[] | undefined,
): string {
  const last = found.at(-1);
  const after =
    ended === undefined || last === undefined
      ? ''
      : `"LastEvaluatedKey":${JSON.stringify(
          part(
            last,
            ended.KeySchema.map(({ AttributeName }) => AttributeName),
          ),
        )},`;
  const items = found.map((bytes) =>
    projected === undefined ? textOf(bytes) : JSON.stringify(part(bytes, projected)),
  );
  return `{"ScannedCount":${found.length},${after}"Count":${found.length},"Items":[${items.join(',')}]}`;
}

function part(bytes: Buffer, names: readonly string[]): object {
  const item = JSON.parse(textOf(bytes)) as Record<string, unknown>;
  return Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));
}

const texts = new WeakMap<Buffer, string>();

/** A database in memory gives the same bytes until they are written anew, so their text is kept. */
function textOf(bytes: Buffer): string {
  let text = texts.get(bytes);
  if (text === undefined) {
    text = bytes.toString('utf8');
    texts.set(bytes, text);
  }
  return text;
}
