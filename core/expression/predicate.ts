import type { ParseError, TypeError as TypingError } from '@marcbachmann/cel-js';
import type { ExpressionEnvironment } from './environment.ts';
import { refusalOf } from './refusals.ts';

/** A condition in CEL, compiled once and tested often. */
interface Predicate<Value> {
  readonly source: string;
  /** `error` is one sentence without its end: the expression has no answer for this value, which never counts as a match. */
  test(value: Value): { readonly matches: boolean } | { readonly error: string };
}

/** Why a text is no condition, without a full stop, and where in it, as an index from 0. */
export interface ExpressionProblem {
  readonly message: string;
  readonly offset: number;
  /** A name that is not known, and those that are: for a hint what was meant. */
  readonly unknown?: { readonly name: string; readonly known: readonly string[] };
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
  const unknown = /^(?:Unknown variable|No such key): (.+)$/.exec(summary)?.[1];
  if (unknown === undefined) return { message: summary, offset };
  const isVariable = error?.code === 'unknown_variable';
  // Which record was asked is not told; a field that another one has is no answer to what is not here.
  const fields = Object.values(records).flatMap((record) => Object.keys(record));
  const known = isVariable ? Object.keys(variables) : fields.filter((field) => field !== unknown);
  const owners = Object.entries(records).filter(([, record]) => Object.hasOwn(record, unknown));
  const elsewhere =
    isVariable || owners.length === 0 ? '' : ` here; ${owners.map(([name]) => name).join(' and ')} has it`;
  const what = isVariable ? 'nothing here is called' : 'there is no field';
  const message = `${what} "${unknown}"${elsewhere}`;
  if (elsewhere !== '') return { message, offset };
  return { message, offset, unknown: { name: unknown, known: [...new Set(known)] } };
}

function articled(type: string | undefined): string {
  return type === 'int' ? 'a whole number' : type === 'string' ? 'text' : `a value of type ${type}`;
}

/** Without the picture of the place that the library draws. */
function summaryOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'summary' in error) return String(error.summary);
  return error instanceof Error ? error.message : String(error);
}
