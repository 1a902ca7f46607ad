import type { Json, JsonObject } from '../json/json.ts';
import { compileExpression } from './compiled-expression.ts';
import { EvaluationFailure, failureOfThrown } from './evaluation-failure.ts';
import { expressionSource, isExpression } from './expression-text.ts';
import { NOT_PLAIN, type PlainExpression, plainExpressionOf } from './plain-expression.ts';

/** Whether a template contains no expression, so that it is its own value. */
export const isFixed = (template: Json): boolean => 'fixed' in partOf(template);

/** The names that an expression can use: `states`, the variables in scope, the functions. */
export type Bindings = Readonly<Record<string, unknown>>;

/** The same, made only when an expression needs it. */
export interface LazyBindings {
  /** A binding by its name; undefined when there is none. Not for functions. */
  valueOf(name: string): unknown;
  all(): Bindings;
}

const lazy = (bindings: Bindings): LazyBindings => ({
  valueOf: (name) => (Object.hasOwn(bindings, name) ? bindings[name] : undefined),
  all: () => bindings,
});

async function evaluateExpression(source: string, location: string, bindings: Bindings): Promise<Json> {
  let result: unknown;
  try {
    result = await compileExpression(source).evaluate(undefined, bindings);
  } catch (thrown) {
    throw failureOfThrown(thrown, source, location);
  }
  const subject = `The JSONata expression '${source}' specified for the field '${location}'`;
  if (result === undefined) throw new EvaluationFailure(`${subject} returned nothing (undefined).`, location);
  try {
    return toPlainJson(result);
  } catch (error) {
    if (!(error instanceof UnsupportedResult)) throw error;
    throw new EvaluationFailure(`${subject} returned an unsupported result type.`, location);
  }
}

/**
 * The value of a field: JSON in which every string between `{%` and `%}` is replaced by what its expression returns.
 * `location` is the field's name; places inside it are named `Output/key` and `Output[0]`. A template without expressions is
 * returned itself and must not be changed. Throws {@link EvaluationFailure}.
 */
export async function evaluateTemplate(
  template: Json,
  location: string,
  bindings: Bindings | LazyBindings,
): Promise<Json> {
  return evaluatePart(partOf(template), location, isLazy(bindings) ? bindings : lazy(bindings));
}

const isLazy = (bindings: Bindings | LazyBindings): bindings is LazyBindings =>
  typeof bindings.valueOf === 'function' && typeof bindings.all === 'function';

/** Most expressions are simple and need neither JSONata nor a promise. */
function evaluatePart(part: Part, location: string, bindings: LazyBindings): Json | Promise<Json> {
  if ('fixed' in part) return part.fixed;
  if ('parts' in part) return evaluateParts(part, location, bindings);
  const { source, plain, place } = part;
  const value = plain === undefined ? NOT_PLAIN : plain(bindings.valueOf);
  return value === NOT_PLAIN ? evaluateExpression(source, `${location}${place}`, bindings.all()) : toPlainJson(value);
}

async function evaluateParts({ keys, parts }: Parts, location: string, bindings: LazyBindings): Promise<Json> {
  const values: Json[] = [];
  for (const part of parts) {
    const value = evaluatePart(part, location, bindings);
    values.push(value instanceof Promise ? await value : value);
  }
  return keys === undefined ? values : objectOf(keys, values);
}

/** A JSONata result contains a value that JSON does not have: a function, a regular expression. */
class UnsupportedResult extends Error {
  override readonly name = 'UnsupportedResult';
}

function isFunction(value: object): boolean {
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}

/**
 * Copies a JSONata result into plain JSON. Results have hidden marks (sequences, shared arrays) that are lost when an execution is stored. Removing
 * them at once makes a run the same whether or not it was interrupted. Throws {@link UnsupportedResult} for functions.
 */
export function toPlainJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return Object.is(value, -0) ? 0 : value;
    // AWS returns the word for a number that JSON does not have (measured, floci-io/floci#2783).
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

/** Makes an object of these members. A member __proto__ is data like any other. */
function objectOf(keys: readonly string[], values: readonly Json[]): JsonObject {
  const object: JsonObject = {};
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    const value = values[index] ?? null;
    if (key !== '__proto__') object[key] = value;
    else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

/** A parsed template: a fixed value, an expression, or a list or object with expressions. */
type Part = { readonly fixed: Json } | ExpressionPart | Parts;

interface ExpressionPart {
  readonly source: string;
  /** Absent when it is not simple. */
  readonly plain: PlainExpression | undefined;
  /** Its place in the field: empty, `/key` or `[0]`. */
  readonly place: string;
}

interface Parts {
  /** Absent in a list. */
  readonly keys: readonly string[] | undefined;
  readonly parts: readonly Part[];
}

/** Definitions never change, so their parsed templates stay valid. */
const objects = new WeakMap<object, Part>();
/** By source, because definitions that are read again have other templates with the same expressions. */
const expressions = new Map<string, Omit<ExpressionPart, 'place'>>();

/** The parts of a field's template, parsed once. */
function partOf(template: Json): Part {
  if (template === null || typeof template !== 'object') return takeApart(template, '');
  const known = objects.get(template);
  if (known !== undefined) return known;
  const part = takeApart(template, '');
  objects.set(template, part);
  return part;
}

function takeApart(template: Json, place: string): Part {
  if (isExpression(template)) {
    const source = expressionSource(template);
    const expression = expressions.get(source) ?? { source, plain: plainExpressionOf(source) };
    expressions.set(source, expression);
    return { ...expression, place };
  }
  if (typeof template !== 'object' || template === null) return { fixed: template };
  const keys = Array.isArray(template) ? undefined : Object.keys(template);
  const parts = Object.entries(template).map(([key, item]) =>
    takeApart(item, keys === undefined ? `${place}[${key}]` : `${place}/${key}`),
  );
  return parts.every((part) => 'fixed' in part) ? { fixed: template } : { keys, parts };
}
