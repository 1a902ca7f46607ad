import type { NormalizedSchema } from '@smithy/core/schema';
import { fromBase64 } from '@smithy/core/serde';
import { readText } from './text-value.ts';

/**
 * Parsed JSON as a value in the SDK's shapes. Throws TypeError for another type, because the SDK's own reader accepts text for numbers and lists for
 * objects. Members that the shape does not know are dropped, and null counts as absent.
 */
export function readJsonValue(schema: NormalizedSchema, json: unknown, path = ''): unknown {
  if (schema.isDocumentSchema()) return json;
  if (schema.isStructSchema()) return readStructure(schema, json, path);
  if (schema.isListSchema()) return readList(schema, json, path);
  if (schema.isMapSchema()) return readMap(schema, json, path);
  if (schema.isBlobSchema()) return readBytes(json, path);
  if (schema.isTimestampSchema()) return readTime(schema, json, path);
  if (schema.isNumericSchema()) return readNumber(json, path);
  const expected = schema.isStringSchema() ? 'string' : schema.isBooleanSchema() ? 'boolean' : undefined;
  if (expected === undefined) throw new Error(`no service here has members like ${schema.getName(true)}`);
  if (typeof json !== expected) throw mismatch(path, expected, json);
  return json;
}

function readStructure(schema: NormalizedSchema, json: unknown, path: string): object {
  if (!isObject(json)) throw mismatch(path, 'object', json);
  const structure: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const value = Object.hasOwn(json, name) ? json[name] : undefined;
    if (value != null) structure[name] = readJsonValue(member, value, join(path, name));
  }
  if (schema.isUnionSchema() && Object.keys(structure).length !== 1) throw mismatch(path, 'union of one member', json);
  return structure;
}

function readList(schema: NormalizedSchema, json: unknown, path: string): unknown[] {
  if (!Array.isArray(json)) throw mismatch(path, 'list', json);
  const member = schema.getValueSchema();
  const sparse = schema.getMergedTraits().sparse !== undefined;
  return json.map((item, index) =>
    item === null && sparse ? null : readJsonValue(member, item, join(path, String(index + 1))),
  );
}

function readMap(schema: NormalizedSchema, json: unknown, path: string): object {
  if (!isObject(json)) throw mismatch(path, 'map', json);
  const member = schema.getValueSchema();
  const sparse = schema.getMergedTraits().sparse !== undefined;
  return Object.fromEntries(
    Object.entries(json).map(([key, item]) => [
      key,
      item === null && sparse ? null : readJsonValue(member, item, join(path, key)),
    ]),
  );
}

function readBytes(json: unknown, path: string): Uint8Array {
  if (typeof json !== 'string') throw mismatch(path, 'base64', json);
  return fromBase64(json);
}

/** Seconds, unless the shape says text. */
function readTime(schema: NormalizedSchema, json: unknown, path: string): unknown {
  const isText = schema.getSchema() === DATE_TIME || schema.getSchema() === HTTP_DATE;
  if (typeof json !== (isText ? 'string' : 'number')) throw mismatch(path, 'time', json);
  return readText(schema, String(json), 'rest');
}

/** Of the SDK's schema types (`TimestampDateTimeSchema`, `TimestampHttpDateSchema` of @smithy/types). */
const DATE_TIME = 5;
const HTTP_DATE = 6;

function readNumber(json: unknown, path: string): number {
  if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json);
  if (typeof json !== 'number') throw mismatch(path, 'number', json);
  return json;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

function mismatch(path: string, expected: string, json: unknown): TypeError {
  const given = Array.isArray(json) ? 'list' : json === null ? 'null' : typeof json;
  return new TypeError(`${path === '' ? 'The body' : path} is a ${given}, not a ${expected}`);
}
