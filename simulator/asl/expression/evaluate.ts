import type { Json } from '../json/json.ts';
import { compileExpression } from './compiled-expression.ts';
import { EvaluationFailure, failureOfThrown } from './evaluation-failure.ts';
import { NOT_PLAIN } from './plain-expression.ts';
import { objectOf, toPlainJson, UnsupportedResult } from './plain-json.ts';
import { type Part, type Parts, partOf } from './template-parts.ts';

/** Whether a template holds no expression: it stands for itself. */
export const isFixed = (template: Json): boolean => 'fixed' in partOf(template);

/** What an expression sees by name: `states`, the variables in scope, the functions. */
export type Bindings = Readonly<Record<string, unknown>>;

/** The same, made only when an expression needs it. */
export interface LazyBindings {
  /** One of them by name; undefined when there is none of that name. Not for functions. */
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

/** Most expressions are plain: those need neither JSONata nor a promise. */
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
