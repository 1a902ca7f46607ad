import type { Json, JsonObject } from '../json/json.ts';

/** A JSONata result holds something JSON has no form for: a function, a regular expression. */
export class UnsupportedResult extends Error {
  override readonly name = 'UnsupportedResult';
}

function isFunction(value: object): boolean {
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}

/**
 * Copies a JSONata result into plain JSON. Results carry hidden marks (sequences, shared arrays) that would be lost when an
 * execution is stored; taking them off at once makes a run the same whether or not it was interrupted.
 * Throws {@link UnsupportedResult} for functions.
 */
export function toPlainJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return Object.is(value, -0) ? 0 : value;
    // AWS answers the word for a number JSON cannot carry (measured, floci-io/floci#2783).
    return String(value);
  }
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : toPlainJson(item)));
  if (typeof value !== 'object' || isFunction(value)) throw new UnsupportedResult();
  const members = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(members).filter((key) => members[key] !== undefined);
  return objectOf(
    keys,
    keys.map((key) => toPlainJson(members[key])),
  );
}

/** The object of these members. One that is called __proto__ is data like any other. */
export function objectOf(keys: readonly string[], values: readonly Json[]): JsonObject {
  const object: JsonObject = {};
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    const value = values[index] ?? null;
    if (key !== '__proto__') object[key] = value;
    else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}
