import { isExpression } from '../expression/expression-text.ts';
import { checkTemplate, type SituationalMember } from './expression-rules.ts';
import {
  checkNumber,
  checkString,
  type FieldsAt,
  listAt,
  objectAt,
  refuseUnknownFields,
  requireField,
} from './fields.ts';
import { checkRecovery } from './recovery-rules.ts';
import { checkJsonataFields } from './state-fields.ts';
import type { StateType } from './states-language.ts';
import { checkTask } from './task-rules.ts';
import { checkAssign } from './variable-rules.ts';

const maximumSeconds = 99_999_999;

/** A state either names the next state or ends its scope. */
function checkTransition(state: FieldsAt): void {
  const { Next, End } = state.fields;
  if (End !== undefined && typeof End !== 'boolean') {
    state.diagnostics.schema('Expected value of type Boolean', `${state.location}/End`);
  }
  if ((Next === undefined) === (End !== true)) {
    state.diagnostics.schema('Exactly one of these fields is required: [Next, End]', state.location);
  }
  checkString(state, 'Next');
}

function checkChoice(state: FieldsAt): void {
  checkString(state, 'Default');
  if (!requireField(state, 'Choices')) return;
  for (const [index, item] of listAt(state, 'Choices').entries()) {
    const rule = objectAt(item, `${state.location}/Choices[${index}]`, state.diagnostics);
    if (!rule) continue;
    refuseUnknownFields(rule, ['Condition', 'Next', 'Output', 'Assign', 'Comment']);
    if (requireField(rule, 'Next')) checkString(rule, 'Next');
    const { Condition } = rule.fields;
    if (requireField(rule, 'Condition') && typeof Condition !== 'boolean' && !isExpression(Condition)) {
      state.diagnostics.schema('Value must be a boolean or a JSONata expression', `${rule.location}/Condition`);
    }
    checkTemplate(Condition, `${rule.location}/Condition`, [], state.diagnostics);
    checkTemplate(rule.fields.Output, `${rule.location}/Output`, [], state.diagnostics);
    checkAssign(rule, []);
  }
}

function checkWait(state: FieldsAt): void {
  const { Seconds, Timestamp } = state.fields;
  if ((Seconds === undefined) === (Timestamp === undefined)) {
    state.diagnostics.schema('Exactly one of these fields is required: [Seconds, Timestamp]', state.location);
  }
  checkNumber(state, 'Seconds', { minimum: 0, maximum: maximumSeconds, expression: true });
  for (const name of ['Seconds', 'Timestamp']) {
    checkTemplate(state.fields[name], `${state.location}/${name}`, [], state.diagnostics);
  }
}

function checkMap(state: FieldsAt): void {
  const { fields, location, diagnostics } = state;
  if (fields.Items !== undefined && !Array.isArray(fields.Items) && !isExpression(fields.Items)) {
    diagnostics.schema('Value must be an array or a JSONata expression', `${location}/Items`);
  }
  checkNumber(state, 'MaxConcurrency', { minimum: 0, maximum: maximumSeconds, expression: true });
  checkNumber(state, 'ToleratedFailureCount', { minimum: 0, maximum: maximumSeconds, expression: true });
  checkNumber(state, 'ToleratedFailurePercentage', { minimum: 0, maximum: 100, fraction: true, expression: true });
  const templates = ['Items', 'ItemSelector', 'MaxConcurrency', 'ToleratedFailureCount', 'ToleratedFailurePercentage'];
  for (const name of templates) checkTemplate(fields[name], `${location}/${name}`, [], diagnostics);
}

function checkFail(state: FieldsAt): void {
  for (const name of ['Error', 'Cause']) {
    const value = state.fields[name];
    if (value !== undefined && typeof value !== 'string') {
      state.diagnostics.schema('Expected value of type String', `${state.location}/${name}`);
    }
    checkTemplate(value, `${state.location}/${name}`, [], state.diagnostics);
  }
}

const checksByType: Readonly<Record<StateType, (state: FieldsAt) => void>> = {
  Pass: () => {},
  Task: checkTask,
  Choice: checkChoice,
  Wait: checkWait,
  Succeed: () => {},
  Fail: checkFail,
  Parallel: (state) => checkTemplate(state.fields.Arguments, `${state.location}/Arguments`, [], state.diagnostics),
  Map: checkMap,
};

/** Checks one state in the JSONata query language, without the scopes inside it and its next states. */
export function checkJsonataState(state: FieldsAt, type: StateType): void {
  checkJsonataFields(state, type);
  checksByType[type](state);
  if (type !== 'Choice' && type !== 'Succeed' && type !== 'Fail') checkTransition(state);
  const givesResult = type === 'Task' || type === 'Parallel' || type === 'Map';
  const members: readonly SituationalMember[] = givesResult ? ['result'] : [];
  checkTemplate(state.fields.Output, `${state.location}/Output`, members, state.diagnostics);
  checkAssign(state, members);
  if (givesResult) checkRecovery(state);
}
