import { type CompiledExpression, compileExpression } from '../expression/compiled-expression.ts';
import { expressionSource, isExpression, isHalfExpression } from '../expression/expression-text.ts';
import type { Diagnostics } from './diagnostics.ts';

/** The members of `$states` that exist only in some fields. */
export type SituationalMember = 'result' | 'errorOutput';

function messageOf(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown ? String(thrown.message) : String(thrown);
}

function checkExpression(
  text: string,
  location: string,
  members: readonly SituationalMember[],
  diagnostics: Diagnostics,
): void {
  let references: References;
  try {
    references = referencesOf(compileExpression(expressionSource(text)));
  } catch (thrown) {
    // AWS leaves the parser's code out here (measured, floci-io/floci#2745).
    diagnostics.add('INVALID_JSONATA_EXPRESSION', messageOf(thrown), location);
    return;
  }
  for (const name of references.topLevelNames) {
    const message = `Reference to '${name}' at the top level is not supported.`;
    diagnostics.add('UNSUPPORTED_JSONATA_EXPRESSION', message, location);
  }
  if (references.root)
    diagnostics.add('UNSUPPORTED_JSONATA_EXPRESSION', `Reference to '$$' is not supported.`, location);
  for (const member of ['result', 'errorOutput'] as const) {
    if (!references.statesMembers.has(member) || members.includes(member)) continue;
    const message = `Reference to '$states.${member}' is not supported in this field.`;
    diagnostics.add('UNSUPPORTED_JSONATA_EXPRESSION', message, location);
  }
}

/** Checks every expression inside a value: its delimiters, its syntax, and that everything it reads exists there. */
export function checkTemplate(
  template: unknown,
  location: string,
  members: readonly SituationalMember[],
  diagnostics: Diagnostics,
): void {
  if (typeof template === 'string') {
    if (isExpression(template)) checkExpression(template, location, members, diagnostics);
    else if (isHalfExpression(template)) {
      diagnostics.schema('A JSONata expression must start with {% and end with %}', location);
    }
  } else if (Array.isArray(template)) {
    for (const [index, item] of template.entries()) checkTemplate(item, `${location}[${index}]`, members, diagnostics);
  } else if (typeof template === 'object' && template !== null) {
    for (const [key, item] of Object.entries(template)) checkTemplate(item, `${location}/${key}`, members, diagnostics);
  }
}

/** The references of an expression that depend on its place. */
interface References {
  /** Members of `$states`: `input`, `result`, `errorOutput`, `context`. */
  readonly statesMembers: Set<string>;
  /** Names read from a context item, which no expression of a state machine has. */
  readonly topLevelNames: Set<string>;
  /** Whether the root context item `$$` is read. */
  root: boolean;
}

/** jsonata's syntax tree is published without useful types; each node is read as a record. */
type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

/** Visits everything below a node; inside steps and predicates a context item exists, so bare names are fine there. */
function visit(value: unknown, hasContext: boolean, found: References): void {
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
  // The items of a lambda's call are its context only sometimes. AWS's rule is not known, so nothing is refused there.
  const inner = hasContext || value.type === 'lambda' || value.type === 'transform';
  for (const [key, child] of Object.entries(value)) {
    visit(child, inner || key === 'stages' || key === 'predicate' || key === 'group', found);
  }
}

function visitPath(path: Node, steps: readonly unknown[], hasContext: boolean, found: References): void {
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

/** Reads the references of an expression from its syntax tree. */
function referencesOf(expression: CompiledExpression): References {
  const found: References = { statesMembers: new Set(), topLevelNames: new Set(), root: false };
  visit(expression.ast(), false, found);
  return found;
}
