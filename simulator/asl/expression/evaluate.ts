import type { Json, JsonObject } from '../json/json.ts';
import { compileExpression } from './compiled-expression.ts';
import { EvaluationFailure, failureOfThrown } from './evaluation-failure.ts';
import { expressionSource, isExpression } from './expression-text.ts';
import { toPlainJson, UnsupportedResult } from './plain-json.ts';
import { followPlainPath, NOT_PLAIN, plainPathOf } from './plain-path.ts';

/** What an expression sees by name: `states`, the variables in scope, the functions. */
export type Bindings = Readonly<Record<string, unknown>>;

/** Templates of a definition never change, so whether one holds any expression is worth remembering. */
const dynamicTemplates = new WeakMap<object, boolean>();

/** Whether a value holds any expression; one that does not stands for itself. */
export function isDynamic(template: Json): boolean {
  if (typeof template !== 'object' || template === null) return isExpression(template);
  let dynamic = dynamicTemplates.get(template);
  if (dynamic === undefined) {
    dynamic = Object.values(template).some(isDynamic);
    dynamicTemplates.set(template, dynamic);
  }
  return dynamic;
}

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

/** Most expressions are plain paths: those need neither JSONata nor a promise. */
function evaluatePlain(source: string, bindings: LazyBindings): Json | typeof NOT_PLAIN {
  const path = plainPathOf(source);
  if (path === undefined) return NOT_PLAIN;
  const value = followPlainPath(path, bindings.valueOf(path.variable));
  return value === NOT_PLAIN ? NOT_PLAIN : toPlainJson(value);
}

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
  return evaluateValue(template, location, isLazy(bindings) ? bindings : lazy(bindings));
}

const isLazy = (bindings: Bindings | LazyBindings): bindings is LazyBindings =>
  typeof bindings.valueOf === 'function' && typeof bindings.all === 'function';

function evaluateValue(template: Json, location: string, bindings: LazyBindings): Json | Promise<Json> {
  if (!isDynamic(template)) return template;
  if (typeof template === 'string') {
    const source = expressionSource(template);
    const plain = evaluatePlain(source, bindings);
    return plain === NOT_PLAIN ? evaluateExpression(source, location, bindings.all()) : plain;
  }
  return evaluateMembers(template as Json[] | JsonObject, location, bindings);
}

async function evaluateMembers(template: Json[] | JsonObject, location: string, bindings: LazyBindings): Promise<Json> {
  if (Array.isArray(template)) {
    const items: Json[] = [];
    for (const [index, item] of template.entries()) {
      const value = evaluateValue(item, `${location}[${index}]`, bindings);
      items.push(value instanceof Promise ? await value : value);
    }
    return items;
  }
  const members: [string, Json][] = [];
  for (const [key, item] of Object.entries(template)) {
    const value = evaluateValue(item, `${location}/${key}`, bindings);
    members.push([key, value instanceof Promise ? await value : value]);
  }
  return Object.fromEntries(members);
}
