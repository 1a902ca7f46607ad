import { synthesize } from '../../infra/testing/synthesize.ts';
import { readable, resourcesOf } from '../../infra/testing/template.ts';
import { compileEventPattern } from '../../simulator/cloud/events/event-pattern.ts';

const ARN = 'arn:aws:states:eu-central-1:999999999999:stateMachine:liftlock-upgrade-cluster';

/** The pattern of the stack, for one machine of a known name. */
function patternOfStack(): (detail: object) => boolean {
  const patterns = resourcesOf(synthesize().hub, 'AWS::Events::Rule')
    .map(
      ({ Properties }) =>
        (readable(Properties) as { EventPattern: { 'detail-type'?: string[]; detail: object } }).EventPattern,
    )
    .filter((pattern) => pattern['detail-type']?.includes('Step Functions Execution Status Change'));
  expect(patterns).toHaveLength(1);
  const [pattern] = patterns;
  const matches = compileEventPattern({ ...pattern, detail: { ...pattern?.detail, stateMachineArn: [ARN] } });
  return (detail) =>
    matches({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: { executionArn: 'e', stateMachineArn: ARN, status: 'SUCCEEDED', ...detail },
    });
}

/** `AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID` is what AWS has nested executions called by (Step Functions developer guide, "Start workflow executions from a task state"). */
const nested = JSON.stringify({ cluster: 'c', AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:aws:states:…:parent' });

it.each([
  ['an upgrade', { input: '{"cluster":"c"}' }, true],
  ['a step that a person started, with a comment', { input: '{"comment":"STARTED_BY hand"}' }, true],
  ['a step of an upgrade', { input: nested }, false],
  ['an upgrade whose input was too long for the event', { input: null }, true],
  ['one without input', {}, true],
  ['one that has only begun', { input: '{}', status: 'RUNNING' }, false],
])('the end of %s wakes the reconciler: %s → %s', (_, detail, expected) => {
  expect(patternOfStack()(detail)).toBe(expected);
});
