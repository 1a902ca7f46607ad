import { definition } from './function.ts';

const execution = 'arn:aws:states:eu-central-1:111111111111:execution:liftlock-upgrade-cluster:upgrade-1';
const ended = (status: string) => ({
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  detail: { executionArn: execution, status },
});

test.each(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'])('an execution that is %s has ended', (status) => {
  expect(definition.parse(ended(status))).toEqual({ endedExecution: execution });
});

test.each([
  ['a schedule', {}],
  ['nothing', undefined],
  ['an execution that runs', ended('RUNNING')],
  ['an event of its own', { 'detail-type': 'VersionAvailable', source: 'liftlock', detail: { version: 1 } }],
  ['an event of another shape', { 'detail-type': 'Step Functions Execution Status Change', detail: null }],
])('%s only means: look now', (_, event) => {
  expect(definition.parse(event)).toEqual({});
});
