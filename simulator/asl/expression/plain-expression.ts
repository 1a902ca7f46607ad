import parse from 'jsonata-2.0.6';

/** Means that JSONata must evaluate the expression: lists on the path, a missing value, a function, operands of other types. */
export const NOT_PLAIN = Symbol('not plain');

/** The variable of that name; undefined when there is none. */
export type LookUp = (name: string) => unknown;

/**
 * JSONata's result, or {@link NOT_PLAIN}; it never returns another result than JSONata. The result may be shared with a variable and must not be
 * changed.
 */
export type PlainExpression = (lookUp: LookUp) => unknown;

/**
 * The expression as a function, when it consists only of paths through objects (`$name.member`), literals, `=`, `+`, `&`, `and`, `or`, `$exists` and
 * `? :`, as most expressions of a machine do: JSONata takes some hundred times as long for these. Undefined for every other one, and for a text that
 * JSONata does not parse.
 */
export function plainExpressionOf(source: string): PlainExpression | undefined {
  let tree: unknown;
  try {
    tree = parse(source).ast();
  } catch {
    return undefined;
  }
  const read = compile(tree as Node);
  return read && ((lookUp) => givenOr(read(lookUp), NOT_PLAIN));
}

/** A node of jsonata 2.0.6's own tree. A further member changes the meaning of the node, so it is not simple. */
interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly position?: number;
  readonly steps?: readonly Node[];
  readonly lhs?: Node;
  readonly rhs?: Node;
  readonly expressions?: readonly Node[];
  readonly procedure?: Node;
  readonly arguments?: readonly Node[];
  readonly condition?: Node;
  readonly then?: Node;
  readonly else?: Node;
}

/** The value of a path that ends at a missing member. */
const MISSING = Symbol('missing');

const givenOr = (value: unknown, other: unknown): unknown => (value === MISSING ? other : value);

const MEMBERS: Readonly<Record<string, readonly (keyof Node)[]>> = {
  variable: ['value'],
  string: ['value'],
  number: ['value'],
  value: ['value'],
  path: ['steps'],
  binary: ['value', 'lhs', 'rhs'],
  block: ['expressions'],
  function: ['value', 'procedure', 'arguments'],
  condition: ['condition', 'then', 'else'],
};

function compile(node: Node): PlainExpression | undefined {
  const known = MEMBERS[node.type];
  if (known === undefined || !holdsOnly(node, ['type', 'position', ...known])) return undefined;
  switch (node.type) {
    case 'variable':
      return wayThrough([node]);
    case 'path':
      return wayThrough(node.steps ?? []);
    case 'binary':
      return compileOperator(node);
    case 'block':
      return node.expressions?.length === 1 ? compileAll(node.expressions, ([only]) => only) : undefined;
    case 'function':
      return compileExists(node);
    case 'condition':
      return compileCondition(node);
    default:
      return node.value === null ? undefined : () => node.value;
  }
}

const holdsOnly = (node: Node, members: readonly string[]): boolean =>
  Object.entries(node).every(([member, value]) => value === undefined || members.includes(member));

function compileAll(
  nodes: readonly (Node | undefined)[],
  make: (compiled: readonly PlainExpression[]) => PlainExpression | undefined,
): PlainExpression | undefined {
  const compiled = nodes.flatMap((node) => (node && compile(node)) ?? []);
  return compiled.length === nodes.length ? make(compiled) : undefined;
}

function wayThrough([first, ...rest]: readonly Node[]): PlainExpression | undefined {
  // `$` and `$$` are the input, which expressions of a machine do not have.
  if (first?.type !== 'variable' || typeof first.value !== 'string' || !/^\w+$/.test(first.value)) return undefined;
  const steps = [first, ...rest].every((step) => holdsOnly(step, ['type', 'value', 'position']));
  if (!steps || rest.some(({ type }) => type !== 'name')) return undefined;
  const name = first.value;
  const members = rest.map(({ value }) => String(value));
  return (lookUp) => {
    let value = lookUp(name);
    for (const member of members) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return NOT_PLAIN;
      // JSONata also reads inherited members.
      if (!Object.hasOwn(value, member)) return member in value ? NOT_PLAIN : MISSING;
      value = (value as Record<string, unknown>)[member];
    }
    const isPlain = value !== undefined && value !== null && typeof value !== 'function' && !Array.isArray(value);
    return isPlain ? value : NOT_PLAIN;
  };
}

/** The result of an operator for two present values; {@link NOT_PLAIN} for operands of other types. */
const OPERATORS = new Map<unknown, (left: unknown, right: unknown) => unknown>([
  ['=', (left, right) => (typeof left === 'object' || typeof right === 'object' ? NOT_PLAIN : left === right)],
  ['and', (left, right) => (typeof left === 'boolean' && typeof right === 'boolean' ? left && right : NOT_PLAIN)],
  ['or', (left, right) => (typeof left === 'boolean' && typeof right === 'boolean' ? left || right : NOT_PLAIN)],
  ['&', (left, right) => (isText(left) && isText(right) ? `${left}${right}` : NOT_PLAIN)],
  [
    '+',
    (left, right) => {
      const sum = typeof left === 'number' && typeof right === 'number' ? left + right : Number.NaN;
      return Number.isFinite(sum) ? sum : NOT_PLAIN;
    },
  ],
]);

/** Numbers become texts of 15 digits. Beyond those, and with fractions, JSONata rounds. */
const isText = (value: unknown): boolean =>
  typeof value === 'string' || (Number.isInteger(value) && Math.abs(value as number) < 1e15);

function compileOperator({ value, lhs, rhs }: Node): PlainExpression | undefined {
  const operate = OPERATORS.get(value);
  if (operate === undefined) return undefined;
  return compileAll([lhs, rhs], ([left, right]) => (lookUp) => {
    const first = left?.(lookUp);
    const second = right?.(lookUp);
    return typeof first === 'symbol' || typeof second === 'symbol' ? NOT_PLAIN : operate(first, second);
  });
}

function compileExists({ procedure, arguments: given }: Node): PlainExpression | undefined {
  if (procedure?.type !== 'variable' || procedure.value !== 'exists' || given?.length !== 1) return undefined;
  return compileAll(given, ([asked]) => (lookUp) => {
    if (lookUp('exists') !== undefined) return NOT_PLAIN;
    const found = asked?.(lookUp);
    return found === NOT_PLAIN ? NOT_PLAIN : found !== MISSING;
  });
}

function compileCondition({ condition, then, else: otherwise }: Node): PlainExpression | undefined {
  return compileAll([condition, then, otherwise], ([asked, first, second]) => (lookUp) => {
    const holds = asked?.(lookUp);
    return typeof holds === 'boolean' ? (holds ? first : second)?.(lookUp) : NOT_PLAIN;
  });
}
