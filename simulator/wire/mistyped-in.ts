import type { NormalizedSchema } from '@smithy/core/schema';
import { isObject } from './json-value.ts';

/**
 * The path of the first value in an output that has another type, so that a service's mistake is not sent as an answer of AWS: the SDK's writers
 * accept almost anything. Absent members are allowed, because the schemas do not say what AWS always answers.
 */
export function mistypedIn(schema: NormalizedSchema, value: unknown, path = 'the output'): string | undefined {
  if (schema.isUnitSchema() || schema.isDocumentSchema()) return undefined;
  if (schema.isStructSchema()) return mistypedInStructure(schema, value, path);
  if (!schema.isListSchema() && !schema.isMapSchema()) return isScalar(schema, value) ? undefined : path;
  if (schema.isListSchema() ? !Array.isArray(value) : !isObject(value)) return path;
  const member = schema.getValueSchema();
  const sparse = schema.getMergedTraits().sparse !== undefined;
  for (const [key, item] of Object.entries(value as object)) {
    if (item === null && sparse) continue;
    const mistyped = mistypedIn(member, item, `${path}.${key}`);
    if (mistyped !== undefined) return mistyped;
  }
  return undefined;
}

function mistypedInStructure(schema: NormalizedSchema, value: unknown, path: string): string | undefined {
  if (!isObject(value)) return path;
  let present = 0;
  for (const [name, member] of schema.structIterator()) {
    const item = value[name];
    if (item == null) continue;
    present++;
    const mistyped = mistypedIn(member, item, `${path}.${name}`);
    if (mistyped !== undefined) return mistyped;
  }
  return schema.isUnionSchema() && present !== 1 ? path : undefined;
}

function isScalar(schema: NormalizedSchema, value: unknown): boolean {
  // Text with a media type may be a `String` object with methods (LazyJsonString).
  if (schema.isStringSchema()) return typeof value === 'string' || value instanceof String;
  if (schema.isBooleanSchema()) return typeof value === 'boolean';
  if (schema.isNumericSchema()) return typeof value === 'number';
  if (schema.isBlobSchema()) return value instanceof Uint8Array;
  return schema.isTimestampSchema() && isDate(value) && !Number.isNaN(value.getTime());
}

const isDate = (value: unknown): value is Date => Object.prototype.toString.call(value) === '[object Date]';
