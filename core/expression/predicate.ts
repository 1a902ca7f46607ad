import type { ParseError, TypeError as TypingError } from '@marcbachmann/cel-js';
import type { ExpressionEnvironment } from './environment.ts';
import { type ExpressionProblem, refusalOf } from './refusals.ts';

/** A condition in CEL, which is compiled once and tested often. */
interface Predicate<Value> {
  readonly source: string;
  /** `error` is a sentence without its full stop: the expression has no answer for this value, which never counts as a match. */
  test(value: Value): { readonly matches: boolean } | { readonly error: string };
}

/**
 * Compiles and types an expression. It reports unknown variables, fields and functions, comparisons of different types, results that are no booleans,
 * and expressions that could take too long, before anything depends on the expression.
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
  // The error does not name the record. A field that another record has is no suggestion here.
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

/** The message without the library's drawing of the place. */
function summaryOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'summary' in error) return String(error.summary);
  return error instanceof Error ? error.message : String(error);
}
