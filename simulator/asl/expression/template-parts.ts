import type { Json } from '../json/json.ts';
import { expressionSource, isExpression } from './expression-text.ts';
import { type PlainExpression, plainExpressionOf } from './plain-expression.ts';

/** A template taken apart: what stands for itself, an expression, or a list or object that holds expressions. */
export type Part = { readonly fixed: Json } | ExpressionPart | Parts;

export interface ExpressionPart {
  readonly source: string;
  /** Absent when it is more than that. */
  readonly plain: PlainExpression | undefined;
  /** Where in its field it stands: empty, `/key` or `[0]`. */
  readonly place: string;
}

export interface Parts {
  /** Absent in a list. */
  readonly keys: readonly string[] | undefined;
  readonly parts: readonly Part[];
}

/** Definitions never change, and neither does what became of their templates. */
const objects = new WeakMap<object, Part>();
/** By source: whoever reads the definitions anew has other templates with the same expressions. */
const expressions = new Map<string, Omit<ExpressionPart, 'place'>>();

/** The parts of a field's template, taken apart once. */
export function partOf(template: Json): Part {
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
