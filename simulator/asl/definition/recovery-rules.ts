import { checkTemplate } from './expression-rules.ts';
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
import { checkAssign } from './variable-rules.ts';

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
const maximumSeconds = 99_999_999;

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
export function checkRecovery(state: FieldsAt): void {
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
