import type { Json } from '../json/json.ts';

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
  // Not by assignment: a member called __proto__ is data like any other.
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, toPlainJson(item)]])),
  );
}
