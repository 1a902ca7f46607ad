import type { CompiledExpression } from '../expression/compiled-expression.ts';

/** What an expression reads that depends on where it stands. */
export interface References {
  /** Members of `$states`: `input`, `result`, `errorOutput`, `context`. */
  readonly statesMembers: ReadonlySet<string>;
  /** Names read from a context item, which no expression of a state machine has. */
  readonly topLevelNames: ReadonlySet<string>;
  /** Whether the root context item `$$` is read. */
  readonly root: boolean;
}

interface Found {
  statesMembers: Set<string>;
  topLevelNames: Set<string>;
  root: boolean;
}

/** jsonata's syntax tree is published without useful types; each node is read as a record. */
type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

/** Visits everything below a node; inside steps and predicates a context item exists, so bare names are fine there. */
function visit(value: unknown, hasContext: boolean, found: Found): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, hasContext, found);
    return;
  }
  if (!isNode(value)) return;
  if (value.type === 'path' && Array.isArray(value.steps)) {
    visitPath(value, value.steps, hasContext, found);
    return;
  }
  if (value.type === 'variable' && value.value === '$') found.root = true;
  // The items of a lambda's call are its context only sometimes; AWS's rule there is not known, so nothing is refused.
  const inner = hasContext || value.type === 'lambda' || value.type === 'transform';
  for (const [key, child] of Object.entries(value)) {
    visit(child, inner || key === 'stages' || key === 'predicate' || key === 'group', found);
  }
}

function visitPath(path: Node, steps: readonly unknown[], hasContext: boolean, found: Found): void {
  const [first, second] = steps;
  if (isNode(first) && first.type === 'name' && typeof first.value === 'string' && !hasContext) {
    found.topLevelNames.add(first.value);
  }
  if (
    isNode(first) &&
    first.type === 'variable' &&
    first.value === 'states' &&
    isNode(second) &&
    second.type === 'name'
  ) {
    found.statesMembers.add(String(second.value));
  }
  for (const [index, step] of steps.entries()) visit(step, hasContext || index > 0, found);
  visit(path.group, true, found);
}

/** Reads from the syntax tree of an expression what it refers to. */
export function referencesOf(expression: CompiledExpression): References {
  const found: Found = { statesMembers: new Set(), topLevelNames: new Set(), root: false };
  visit(expression.ast(), false, found);
  return found;
}
