import { Environment } from '@marcbachmann/cel-js';
import { matchesGlob } from '../selector/glob.ts';

/** No list that expressions see is longer: what an expression may cost rests on it. */
export const LONGEST_LIST = 200;

/** One field that expressions may read, for the type checker and for the documentation. */
interface ExpressionField {
  /** A type of CEL, or the name of another record of the same environment. */
  readonly type: string;
  readonly text: string;
}

export type ExpressionRecord = Readonly<Record<string, ExpressionField>>;

/** What expressions of one kind can see. */
export interface ExpressionEnvironment<Value> {
  readonly cel: Environment;
  /** Fields by the name of their record; `variables` are the names that an expression begins with. */
  readonly records: Readonly<Record<string, ExpressionRecord>>;
  readonly variables: ExpressionRecord;
  /** The variables for one value. Fails with `TooLong` where a list is longer than `LONGEST_LIST`. */
  variablesOf(value: Value): Readonly<Record<string, unknown>>;
}

/** A list of the value is too long to be looked at by expressions. */
class TooLong extends Error {
  constructor(what: string, length: number) {
    super(`${what} has ${length} entries, and expressions look at no more than ${LONGEST_LIST}`);
  }
}

export function createEnvironment<Value>(
  records: Readonly<Record<string, ExpressionRecord>>,
  variables: ExpressionRecord,
  variablesOf: (value: Value) => Readonly<Record<string, unknown>>,
): ExpressionEnvironment<Value> {
  const cel = new Environment({
    enableOptionalTypes: true,
    limits: { maxAstNodes: 300, maxDepth: 30, maxListElements: LONGEST_LIST, maxMapEntries: 50, maxCallArguments: 4 },
  });
  cel.registerFunction('glob(string, string): bool', (text: string, pattern: string) => matchesGlob(pattern, text));
  for (const [name, record] of Object.entries(records)) {
    const fields = Object.fromEntries(Object.entries(record).map(([field, { type }]) => [field, type]));
    cel.registerType(name, { fields });
  }
  for (const [name, { type }] of Object.entries(variables)) cel.registerVariable(name, type);
  return { cel, records, variables, variablesOf };
}

/** A list as expressions see it. */
export function listOf<Item>(what: string, items: readonly Item[]): readonly Item[] {
  if (items.length > LONGEST_LIST) throw new TooLong(what, items.length);
  return items;
}
