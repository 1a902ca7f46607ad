import { isJsonObject } from '../json/json.ts';
import type { Diagnostics } from './diagnostics.ts';
import { checkTemplate, type SituationalMember } from './expression-rules.ts';
import type { FieldsAt } from './fields.ts';

/** Variable names are Unicode identifiers of at most 80 characters. Source: developer guide, "Passing data with variables". */
const variableName = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;
const maximumNameLength = 80;

/** Checks an `Assign` field, if there: names, and the expressions of its values. */
export function checkAssign({ fields, location, diagnostics }: FieldsAt, members: readonly SituationalMember[]): void {
  const { Assign } = fields;
  if (Assign === undefined) return;
  const place = `${location}/Assign`;
  if (!isJsonObject(Assign)) {
    diagnostics.schema('Expected value of type Object', place);
    return;
  }
  for (const [name, value] of Object.entries(Assign)) {
    if (name === 'states') diagnostics.schema(`The variable name 'states' is reserved`, place);
    else if (!variableName.test(name) || name.length > maximumNameLength) {
      diagnostics.schema(`The variable name '${name}' is not valid`, place);
    }
    checkTemplate(value, `${place}/${name}`, members, diagnostics);
  }
}

/** The variables the states of a scope set when they succeed, or when a choice rule matches. */
export function assignedNames(states: Readonly<Record<string, unknown>>): Set<string> {
  const names = new Set<string>();
  for (const state of Object.values(states)) {
    if (!isJsonObject(state)) continue;
    for (const part of [state, ...(Array.isArray(state.Choices) ? state.Choices : [])]) {
      if (isJsonObject(part) && isJsonObject(part.Assign)) for (const name of Object.keys(part.Assign)) names.add(name);
    }
  }
  return names;
}

/**
 * An inner scope cannot set a variable of an outer one. Catchers are left out on the outer side: AWS accepts a branch that sets a variable which
 * otherwise only the catcher around it sets, and the branch's variable is then its own.
 */
export function refuseOuterVariables(
  states: Readonly<Record<string, unknown>>,
  outer: ReadonlySet<string>,
  location: string,
  diagnostics: Diagnostics,
): void {
  for (const [state, fields] of Object.entries(states)) {
    for (const name of assignedNames({ [state]: fields })) {
      if (!outer.has(name)) continue;
      const message = `The variable '${name}' is assigned in an outer scope and cannot be assigned here`;
      diagnostics.schema(message, `${location}/States/${state}/Assign`);
    }
  }
}
