import { isJsonObject } from '../json/json.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { FieldsAt } from './fields.ts';
import { checkPathFields } from './state-fields.ts';

/** A call of an intrinsic function. Backslashes may only escape quotes, braces and themselves inside its strings. */
const intrinsicCall = /^States\.[A-Za-z0-9]+\((.*)\)$/s;
const quotedString = /'(?:[^'\\]|\\['{}\\])*'/g;

function isIntrinsicCall(text: string): boolean {
  const [, parameters] = intrinsicCall.exec(text) ?? [];
  return parameters !== undefined && !/['\\]/.test(parameters.replace(quotedString, ''));
}

function checkPaths(template: unknown, location: string, diagnostics: Diagnostics): void {
  if (Array.isArray(template)) for (const item of template) checkPaths(item, location, diagnostics);
  if (!isJsonObject(template)) return;
  for (const [key, value] of Object.entries(template)) {
    if (!key.endsWith('.$')) {
      checkPaths(value, location, diagnostics);
    } else if (typeof value !== 'string' || !(value.startsWith('$') || isIntrinsicCall(value))) {
      const message = `The value for the field '${key}' must be a valid JSONPath or a valid intrinsic function call`;
      diagnostics.schema(message, location);
    }
  }
}

/**
 * The few rules checked for states in JSONPath. They cannot run here, so all this does is tell a definition AWS would refuse
 * from one that only this interpreter refuses.
 */
export function checkPathState(state: FieldsAt): void {
  checkPathFields(state);
  for (const name of ['Parameters', 'ResultSelector', 'ItemSelector']) {
    checkPaths(state.fields[name], `${state.location}/${name}`, state.diagnostics);
  }
}
