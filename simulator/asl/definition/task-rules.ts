import { checkTemplate } from './expression-rules.ts';
import type { FieldsAt } from './fields.ts';
import { checkNumber, checkString, objectAt, refuseUnknownFields, requireField } from './fields.ts';
import { parseTaskResource } from './task-resource.ts';

/** Whether executions of a machine live for up to a year, or for five minutes and without waiting for others. */
export type StateMachineType = 'STANDARD' | 'EXPRESS';

const maximumSeconds = 99_999_999;

/** Checks a task's `Resource`: that it is known, and that a machine of this type may use it. It applies in both query languages. */
export function checkResource(state: FieldsAt, type: StateMachineType): void {
  if (!requireField(state, 'Resource')) return;
  const { Resource } = state.fields;
  const place = `${state.location}/Resource`;
  const resource = typeof Resource === 'string' ? parseTaskResource(Resource) : undefined;
  if (!resource) {
    state.diagnostics.schema(
      `The resource provided ${String(Resource)} is not recognized. ` +
        'The value is not a valid resource ARN, or the resource is not available in this region.',
      place,
    );
  } else if (type === 'EXPRESS' && resource.kind === 'activity') {
    state.diagnostics.schema('Express state machine does not support Activity ARN', place);
  } else if (type === 'EXPRESS' && resource.pattern !== 'REQUEST_RESPONSE') {
    const suffix = resource.pattern === 'RUN_JOB' ? '.sync' : '.waitForTaskToken';
    state.diagnostics.schema(`Express state machine does not support '${suffix}' service integration`, place);
  }
}

function checkCredentials(state: FieldsAt): void {
  if (state.fields.Credentials === undefined) return;
  const credentials = objectAt(state.fields.Credentials, `${state.location}/Credentials`, state.diagnostics);
  if (!credentials) return;
  if (credentials.fields.RoleArn === undefined) {
    // This is the recorded text, which differs from AWS's text for other missing fields.
    state.diagnostics.schema(`The field 'RoleArn' is required but was missing`, credentials.location);
    return;
  }
  refuseUnknownFields(credentials, ['RoleArn']);
  checkString(credentials, 'RoleArn');
  checkTemplate(credentials.fields.RoleArn, `${credentials.location}/RoleArn`, [], state.diagnostics);
}

/** Checks the fields only Task states have, apart from `Resource`. */
export function checkTask(state: FieldsAt): void {
  const { fields, location, diagnostics } = state;
  checkTemplate(fields.Arguments, `${location}/Arguments`, [], diagnostics);
  checkCredentials(state);
  for (const name of ['TimeoutSeconds', 'HeartbeatSeconds']) {
    checkNumber(state, name, { minimum: 1, maximum: maximumSeconds, expression: true });
    checkTemplate(fields[name], `${location}/${name}`, [], diagnostics);
  }
  const { TimeoutSeconds, HeartbeatSeconds } = fields;
  if (
    typeof TimeoutSeconds === 'number' &&
    typeof HeartbeatSeconds === 'number' &&
    HeartbeatSeconds >= TimeoutSeconds
  ) {
    diagnostics.schema('HeartbeatSeconds must be smaller than TimeoutSeconds', `${location}/HeartbeatSeconds`);
  }
}
