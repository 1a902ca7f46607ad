import { compileExpression } from '../expression/compiled-expression.ts';
import { expressionSource, isExpression, isHalfExpression } from '../expression/expression-text.ts';
import type { Diagnostics } from './diagnostics.ts';
import { type References, referencesOf } from './expression-references.ts';

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

/** Checks every expression inside a value: its delimiters, its syntax, and that what it reads exists at this place. */
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
