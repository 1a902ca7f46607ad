import { isExpression } from '../expression/expression-text.ts';
import { isJsonObject } from '../json/json.ts';
import type { Diagnostics } from './diagnostics.ts';
import { checkChoice, type FieldsAt, listAt, objectAt, refuseUnknownFields, requireField } from './fields.ts';
import { parseTimestamp } from './rfc3339.ts';
import { checkPathFields } from './state-fields.ts';
import { checkJsonataState } from './state-rules.ts';
import { type StateType, stateTypes } from './states-language.ts';
import { checkResource, type StateMachineType } from './task-rules.ts';
import { assignedNames, refuseOuterVariables } from './variable-rules.ts';

/** The surroundings of all states of a scope. */
export interface ScopeSurroundings {
  readonly machineType: StateMachineType;
  /** The language of states that do not name theirs: always the machine's, also inside Map and Parallel states. */
  readonly queryLanguage: 'JSONata' | 'JSONPath';
  /** Variables set by the scopes around this one. */
  readonly outerVariables: ReadonlySet<string>;
}

function stateType(state: FieldsAt): StateType | undefined {
  const type = stateTypes.find((name) => name === state.fields.Type);
  if (type) return type;
  const message = `The field 'Type' should have one of these values: [${stateTypes.join(', ')}]`;
  if (requireField(state, 'Type')) state.diagnostics.schema(message, `${state.location}/Type`);
  return undefined;
}

/** Rules for both query languages. */
function checkCommon(state: FieldsAt, type: StateType, machineType: StateMachineType): void {
  if (type === 'Task') checkResource(state, machineType);
  const { Timestamp } = state.fields;
  if (type !== 'Wait' || Timestamp === undefined || isExpression(Timestamp)) return;
  if (typeof Timestamp === 'string' && parseTimestamp(Timestamp) !== undefined) return;
  state.diagnostics.schema('String does not match RFC3339 timestamp', `${state.location}/Timestamp`);
}

/** The scopes inside a state, with the place of each. */
function checkInnerScopes(state: FieldsAt, type: StateType, surroundings: ScopeSurroundings): void {
  const inner = (value: unknown, location: string): void => {
    const scope = objectAt(value, location, state.diagnostics);
    if (!scope) return;
    const isProcessor = type === 'Map';
    refuseUnknownFields(scope, ['StartAt', 'States', 'Comment', ...(isProcessor ? ['ProcessorConfig'] : [])]);
    if (scope.fields.ProcessorConfig !== undefined) {
      const config = objectAt(scope.fields.ProcessorConfig, `${location}/ProcessorConfig`, state.diagnostics);
      if (config) checkChoice(config, 'Mode', ['INLINE', 'DISTRIBUTED']);
    }
    checkScope(scope, surroundings);
  };
  if (type === 'Parallel' && requireField(state, 'Branches')) {
    for (const [index, branch] of listAt(state, 'Branches').entries())
      inner(branch, `${state.location}/Branches[${index}]`);
  }
  if (type !== 'Map') return;
  if (state.fields.Iterator !== undefined) inner(state.fields.Iterator, `${state.location}/Iterator`);
  else if (requireField(state, 'ItemProcessor')) inner(state.fields.ItemProcessor, `${state.location}/ItemProcessor`);
}

function checkState(state: FieldsAt, surroundings: ScopeSurroundings): void {
  const type = stateType(state);
  if (!type) return;
  const { QueryLanguage = surroundings.queryLanguage } = state.fields;
  if (QueryLanguage !== 'JSONata' && QueryLanguage !== 'JSONPath') {
    state.diagnostics.schema(
      `The field 'QueryLanguage' should have one of these values: [JSONPath, JSONata]`,
      `${state.location}/QueryLanguage`,
    );
  } else if (QueryLanguage === 'JSONPath' && surroundings.queryLanguage === 'JSONata') {
    const message = `'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine`;
    state.diagnostics.schema(message, state.location);
    return;
  }
  checkCommon(state, type, surroundings.machineType);
  if (QueryLanguage === 'JSONPath') checkPathState(state);
  else checkJsonataState(state, type);
  checkInnerScopes(state, type, surroundings);
}

/** Checks `StartAt`, `States` and everything inside them. */
export function checkScope(scope: FieldsAt, surroundings: ScopeSurroundings): void {
  const { fields, location, diagnostics } = scope;
  const missing = ['States', 'StartAt'].filter((name) => fields[name] === undefined);
  if (missing.length > 0) diagnostics.schema(`These fields are required: [${missing.join(', ')}]`, location || '/');
  if (fields.StartAt !== undefined && typeof fields.StartAt !== 'string') {
    diagnostics.schema('Expected value of type String', `${location}/StartAt`);
  }
  if (fields.States === undefined) return;
  const states = objectAt(fields.States, `${location}/States`, diagnostics);
  if (!states) return;
  if (Object.keys(states.fields).length === 0) diagnostics.schema('Value cannot be empty', `${location}/States`);
  refuseOuterVariables(states.fields, surroundings.outerVariables, location, diagnostics);
  const outerVariables = new Set([...surroundings.outerVariables, ...assignedNames(states.fields)]);
  for (const [name, value] of Object.entries(states.fields)) {
    const place = `${location}/States/${name}`;
    if (name.length > 80) diagnostics.schema('State names must not be longer than 80 characters', place);
    if (!isJsonObject(value)) diagnostics.schema('Value must be an object', place);
    else checkState({ fields: value, location: place, diagnostics }, { ...surroundings, outerVariables });
  }
}

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
 * The few checked rules for states in JSONPath. They cannot run here, so the rules only separate a definition that AWS would refuse from one that
 * only this interpreter refuses.
 */
function checkPathState(state: FieldsAt): void {
  checkPathFields(state);
  for (const name of ['Parameters', 'ResultSelector', 'ItemSelector']) {
    checkPaths(state.fields[name], `${state.location}/${name}`, state.diagnostics);
  }
}
