import type { ParseError, TypeError as TypingError } from '@marcbachmann/cel-js';
import type { ExpressionEnvironment } from './environment.ts';
import { refusalOf } from './refusals.ts';

/** A condition in CEL, compiled once and tested often. */
export interface Predicate<Value> {
  readonly source: string;
  /** `error` is one sentence without its end: the expression has no answer for this value, which never counts as a match. */
  test(value: Value): { readonly matches: boolean } | { readonly error: string };
}

/** Why a text is no condition, without a full stop, and where in it, as an index from 0. */
export interface ExpressionProblem {
  readonly message: string;
  readonly offset: number;
}

/**
 * Compiles and types an expression: unknown variables, fields and functions, comparisons of unlike things, results that are neither true
 * nor false, and what could take too long are told here, before anything rests on it.
 */
export function compilePredicate<Value>(
  source: string,
  environment: ExpressionEnvironment<Value>,
): { readonly predicate: Predicate<Value> } | { readonly problems: readonly ExpressionProblem[] } {
  let parsed: ReturnType<typeof environment.cel.parse>;
  try {
    parsed = environment.cel.parse(source);
  } catch (error) {
    return { problems: [problemOf(error as ParseError, environment)] };
  }
  const early = refusalOf(parsed.ast, 'before types are known');
  if (early !== undefined) return { problems: [early] };
  const checked = parsed.check();
  if (!checked.valid) return { problems: [problemOf(checked.error, environment)] };
  const late = refusalOf(parsed.ast, 'with types');
  if (late !== undefined) return { problems: [late] };
  if (checked.type !== 'bool') {
    return { problems: [{ message: `it gives ${articled(checked.type)}, and true or false is needed`, offset: 0 }] };
  }
  const test = (value: Value) => {
    try {
      const result: unknown = parsed(environment.variablesOf(value));
      return typeof result === 'boolean' ? { matches: result } : { error: 'it gives neither true nor false' };
    } catch (error) {
      return { error: summaryOf(error) };
    }
  };
  return { predicate: { source, test } };
}

function problemOf<Value>(
  error: ParseError | TypingError | undefined,
  { variables, records }: ExpressionEnvironment<Value>,
): ExpressionProblem {
  const offset = error?.range?.start ?? 0;
  const summary = summaryOf(error);
  if (error?.code === 'unknown_variable') {
    return { message: `${summary}. Known here: ${Object.keys(variables).join(', ')}`, offset };
  }
  const field = /^No such key: (.+)$/.exec(summary)?.[1];
  if (field === undefined) return { message: summary, offset };
  const known = Object.entries(records).map(([name, fields]) => `${name} has ${Object.keys(fields).join(', ')}`);
  return { message: `there is no field "${field}". ${known.join('; ')}`, offset };
}

function articled(type: string | undefined): string {
  return type === 'int' ? 'a whole number' : type === 'string' ? 'text' : `a value of type ${type}`;
}

/** Without the picture of the place that the library draws. */
function summaryOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'summary' in error) return String(error.summary);
  return error instanceof Error ? error.message : String(error);
}
