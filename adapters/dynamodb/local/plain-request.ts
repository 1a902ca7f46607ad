import db from 'dynalite/db/index.js';
import { remembered } from '../../../core/model/remembered.ts';
import type { DynaliteStore, DynaliteTable, KeyAttribute } from './dynalite-store.ts';

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object itself if it has only these members. */
export const membersOf = <Members extends object>(value: unknown, names: readonly string[]): Members | undefined =>
  isObject(value) && Object.keys(value).every((name) => names.includes(name)) ? (value as Members) : undefined;

/** The object itself if all its values are texts. */
export function textsOf(value: unknown): Record<string, string> | undefined {
  if (!isObject(value) || !Object.values(value).every((text) => typeof text === 'string')) return undefined;
  return value as Record<string, string>;
}

/** Whether the object has exactly these members. */
export const areJust = (given: object, used: readonly string[]): boolean =>
  Object.keys(given).length === new Set(used).size && used.every((name) => Object.hasOwn(given, name));

/** The table; undefined where it does not exist or is not ready, which dynalite says in its own words. */
export const tableOf = (store: Pick<DynaliteStore, 'getTable'>, name: string): Promise<DynaliteTable | undefined> =>
  new Promise((resolve) => store.getTable(name, (_, table) => resolve(table)));

export const typeOf = ({ AttributeDefinitions }: DynaliteTable, key: KeyAttribute): string | undefined =>
  AttributeDefinitions.find(({ AttributeName }) => AttributeName === key.AttributeName)?.AttributeType;

/** The text in `{ S: … }`, where there is nothing else in it, and the text is neither empty nor too long for a key. */
export function plainText(value: unknown, most: number): string | undefined {
  const { S: text } = membersOf<{ S: unknown }>(value, ['S']) ?? {};
  return typeof text === 'string' && text.length > 0 && Buffer.byteLength(text) <= most ? text : undefined;
}

/** A number in the form in which DynamoDB gives it back. */
const NUMBER = /^(?:0|-?[1-9]\d{0,14})$/;

/** The number in `{ N: … }`, where there is nothing else in it, and it is a whole number in DynamoDB's own form. */
export function plainNumber(value: unknown): string | undefined {
  const { N: number } = membersOf<{ N: unknown }>(value, ['N']) ?? {};
  return typeof number === 'string' && NUMBER.test(number) ? number : undefined;
}

/** dynalite's key of an item; undefined unless the key has exactly the table's attributes, with plain values. */
export function keyOf(table: DynaliteTable, key: unknown): string | undefined {
  const [hash, range] = table.KeySchema;
  if (hash === undefined || typeOf(table, hash) !== 'S') return undefined;
  const names = table.KeySchema.map(({ AttributeName }) => AttributeName);
  const members = membersOf<Record<string, unknown>>(key, names);
  const partition = plainText(members?.[hash.AttributeName], 2048);
  if (members === undefined || partition === undefined) return undefined;
  if (range === undefined) return hashPrefix(partition);
  const place = placeOf(typeOf(table, range), members[range.AttributeName]);
  return place === undefined ? undefined : `${hashPrefix(partition)}${place}/`;
}

/** The part of dynalite's key for the range attribute. */
function placeOf(type: string | undefined, value: unknown): string | undefined {
  if (type === 'N') {
    const number = plainNumber(value);
    return number === undefined ? undefined : db.toLexiStr(number, 'N');
  }
  const text = type === 'S' ? plainText(value, 1024) : undefined;
  return text === undefined ? undefined : hex(text);
}

export const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

/** The prefix under which dynalite keeps a partition. */
export const hashPrefix = remembered((hash: string) => `${db.hashPrefix(hash, 'S')}/${hex(hash)}/`);
