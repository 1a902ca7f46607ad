import { isExpression } from '../expression/expression-text.ts';
import { checkTemplate, type SituationalMember } from './expression-rules.ts';
import {
  checkChoice,
  checkNumber,
  checkString,
  type FieldsAt,
  listAt,
  objectAt,
  refuseUnknownFields,
  requireField,
} from './fields.ts';
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

function checkChoiceState(state: FieldsAt): void {
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
  Choice: checkChoiceState,
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

const retrierFields = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
  'Comment',
];
const catcherFields = ['ErrorEquals', 'Next', 'Assign', 'Output', 'Comment'];

function checkErrorEquals(entry: FieldsAt, isLast: boolean): void {
  if (!requireField(entry, 'ErrorEquals')) return;
  const names = listAt(entry, 'ErrorEquals');
  const place = `${entry.location}/ErrorEquals`;
  if (names.some((name) => typeof name !== 'string')) entry.diagnostics.schema('Expected value of type String', place);
  if (!names.includes('States.ALL')) return;
  if (names.length > 1) entry.diagnostics.schema('States.ALL must appear alone', place);
  if (!isLast) entry.diagnostics.schema('States.ALL must be in the last entry', place);
}

function checkRetrier(retrier: FieldsAt): void {
  refuseUnknownFields(retrier, retrierFields);
  checkNumber(retrier, 'IntervalSeconds', { minimum: 1, maximum: maximumSeconds });
  checkNumber(retrier, 'MaxAttempts', { minimum: 0, maximum: maximumSeconds });
  checkNumber(retrier, 'BackoffRate', { minimum: 1, maximum: Number.MAX_VALUE, fraction: true });
  checkNumber(retrier, 'MaxDelaySeconds', { minimum: 1, maximum: 31_622_400 });
  checkChoice(retrier, 'JitterStrategy', ['FULL', 'NONE']);
  const { IntervalSeconds = 1, MaxDelaySeconds } = retrier.fields;
  if (
    typeof MaxDelaySeconds === 'number' &&
    typeof IntervalSeconds === 'number' &&
    MaxDelaySeconds <= IntervalSeconds
  ) {
    retrier.diagnostics.schema(
      'MaxDelaySeconds must be greater than IntervalSeconds',
      `${retrier.location}/MaxDelaySeconds`,
    );
  }
}

function checkCatcher(catcher: FieldsAt): void {
  refuseUnknownFields(catcher, catcherFields);
  if (requireField(catcher, 'Next')) checkString(catcher, 'Next');
  checkTemplate(catcher.fields.Output, `${catcher.location}/Output`, ['errorOutput'], catcher.diagnostics);
  checkAssign(catcher, ['errorOutput']);
}

/** Checks the `Retry` and `Catch` of a state. Bounds: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
function checkRecovery(state: FieldsAt): void {
  for (const [name, check] of [['Retry', checkRetrier] as const, ['Catch', checkCatcher] as const]) {
    if (state.fields[name] === undefined) continue;
    const list: readonly unknown[] = Array.isArray(state.fields[name]) ? state.fields[name] : listAt(state, name);
    for (const [index, item] of list.entries()) {
      const entry = objectAt(item, `${state.location}/${name}[${index}]`, state.diagnostics);
      if (!entry) continue;
      checkErrorEquals(entry, index === list.length - 1);
      check(entry);
    }
  }
}
