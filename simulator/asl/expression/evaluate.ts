import type { Json, JsonObject } from '../json/json.ts';
import { compileExpression } from './compiled-expression.ts';
import { EvaluationFailure, failureOfThrown } from './evaluation-failure.ts';
import { expressionSource, isExpression } from './expression-text.ts';
import { toPlainJson, UnsupportedResult } from './plain-json.ts';

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

async function evaluateExpression(text: string, location: string, bindings: Bindings): Promise<Json> {
  const source = expressionSource(text);
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
export async function evaluateTemplate(template: Json, location: string, bindings: Bindings): Promise<Json> {
  if (!isDynamic(template)) return template;
  if (typeof template === 'string') return evaluateExpression(template, location, bindings);
  if (Array.isArray(template)) {
    const items: Json[] = [];
    for (const [index, item] of template.entries()) {
      items.push(await evaluateTemplate(item, `${location}[${index}]`, bindings));
    }
    return items;
  }
  const members: [string, Json][] = [];
  for (const [key, item] of Object.entries(template as JsonObject)) {
    members.push([key, await evaluateTemplate(item, `${location}/${key}`, bindings)]);
  }
  return Object.fromEntries(members);
}
