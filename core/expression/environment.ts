import { Environment } from '@marcbachmann/cel-js';
import { remembered } from '../model/remembered.ts';
import { matchesGlob } from '../selector/glob.ts';

/** The longest list that expressions may see. The limit of an expression's cost depends on it. */
export const LONGEST_LIST = 200;

/** A field that expressions may read, for the type checker and the documentation. */
interface ExpressionField {
  /** A type of CEL, or the name of another record of the same environment. */
  readonly type: string;
  readonly text: string;
}

type ExpressionRecord = Readonly<Record<string, ExpressionField>>;

/** A record with fields of a value. */
export type FieldsOf<Value> = Readonly<Partial<Record<keyof Value & string, ExpressionField>>>;

/** Everything that expressions of one kind can read. */
export interface ExpressionEnvironment<Value> {
  readonly cel: Environment;
  /** Fields by the name of their record. `variables` are the names with which an expression may begin. */
  readonly records: Readonly<Record<string, ExpressionRecord>>;
  readonly variables: ExpressionRecord;
  /** The variables for one value. Fails with `TooLong` where a list is longer than `LONGEST_LIST`. */
  variablesOf(value: Value): Readonly<Record<string, unknown>>;
}

/** A list of the value is longer than expressions may read. */
class TooLong extends Error {
  constructor(what: string, length: number) {
    super(`${what} has ${length} entries, and expressions look at no more than ${LONGEST_LIST}`);
  }
}

/** @param viewOf returns the members of a value by the names of the variables and fields; their declared types determine the values of CEL */
export function createEnvironment<Value extends object>(
  records: Readonly<Record<string, ExpressionRecord>>,
  variables: ExpressionRecord,
  viewOf: (value: Value) => object,
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

  function asTyped(type: string, value: unknown, path: string): unknown {
    const [, item] = /^list<(.+)>$/.exec(type) ?? [];
    if (item !== undefined) {
      const items = value as readonly unknown[];
      if (items.length > LONGEST_LIST) throw new TooLong(path, items.length);
      return items.map((one) => asTyped(item, one, path));
    }
    if (type.startsWith('map<')) return new Map(Object.entries(value as object));
    if (type === 'int') return BigInt(value as number);
    if (type === 'google.protobuf.Timestamp') return new Date(value as string);
    const record = records[type];
    return record === undefined ? value : fieldsOf(record, value as object, `${path}.`);
  }

  /** A member that a value does not have is missing, and not empty. */
  function fieldsOf(record: ExpressionRecord, value: object, path = ''): Readonly<Record<string, unknown>> {
    const known = Object.entries(value).flatMap(([name, field]) => {
      const { type } = record[name] ?? {};
      return type === undefined || field === undefined ? [] : [[name, asTyped(type, field, `${path}${name}`)]];
    });
    return Object.fromEntries(known);
  }

  // Many policies and waves read the same value, which never changes after it was read.
  const variablesOf = remembered((value: Value) => fieldsOf(variables, viewOf(value)), new WeakMap());
  return { cel, records, variables, variablesOf };
}
