import db from 'dynalite/db/index.js';
import type { BufferingStore, DynaliteTable, Item } from './dynalite-store.ts';
import { ownBytes } from './own-bytes.ts';
import { areJust, isObject, keyOf, membersOf, plainNumber, textsOf, typeOf } from './plain-request.ts';

/** A part of a transaction that dynalite need not look at. */
export interface PlainPart {
  /** dynalite's key of the item inside its table. */
  readonly key: string;
  /** Whether its condition holds for what is there. */
  holds(existing: Item | undefined): boolean;
  /** Notes what it writes over what is there. */
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
/** DynamoDB's limit of an item. Its JSON is longer than what DynamoDB counts. */
const MOST_BYTES = 400 * 1024;

/**
 * A part as Liftlock writes them, undefined for every other one and for whatever dynalite would refuse. dynalite goes through every value four
 * times, and writes an item anew for the table and each index. `npm run bench -- start-command` shows the difference.
 */
export function plainPart(table: DynaliteTable, kind: string, request: Item): PlainPart | undefined {
  if (kind === 'Put') return put(table, request);
  if (kind !== 'ConditionCheck') return undefined;
  const { Key, ...rest } = membersOf<PartRequest>(request, [...MEMBERS, 'Key']) ?? { TableName: undefined };
  const key = keyOf(table, Key);
  const holds = conditionOf(rest);
  return key === undefined || holds === undefined ? undefined : { key, holds, write: () => {} };
}

function put(table: DynaliteTable, request: Item): PlainPart | undefined {
  const { Item: item, ...rest } = membersOf<PartRequest>(request, [...MEMBERS, 'Item']) ?? { TableName: undefined };
  const { TableName, KeySchema, GlobalSecondaryIndexes: indexes = [], LocalSecondaryIndexes = [] } = table;
  if (!isObject(item) || LocalSecondaryIndexes.length > 0) return undefined;
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

/** Absent, or of that type. */
const isOfType = (value: unknown, type: string): boolean =>
  value === undefined || (isObject(value) && Object.hasOwn(value, type));

/** Whether dynalite would store it as it is. */
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
