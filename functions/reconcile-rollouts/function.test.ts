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

const started = (detail: object) => ({
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.states',
  detail: { eventName: 'StartExecution', userIdentity: { arn: 'arn:aws:iam::111111111111:user/ana' }, ...detail },
});

test('a start by hand is told with who made it', () => {
  expect(definition.parse(started({ responseElements: { executionArn: execution } }))).toEqual({
    handAct: { act: 'StartExecution', execution, userArn: 'arn:aws:iam::111111111111:user/ana' },
  });
});

test.each(['StopExecution', 'RedriveExecution'] as const)('%s by hand is told with who made it', (act) => {
  const told = { eventName: act, requestParameters: { executionArn: execution }, responseElements: { stopDate: 'x' } };
  expect(definition.parse(started(told))).toEqual({
    handAct: { act, execution, userArn: 'arn:aws:iam::111111111111:user/ana' },
  });
  expect(definition.parse(started({ ...told, responseElements: null }))).toEqual({});
  expect(definition.parse(started({ ...told, requestParameters: {} }))).toEqual({});
});

test.each([
  ['a start that was refused', started({ responseElements: null, errorCode: 'ExecutionAlreadyExists' })],
  ['a schedule', {}],
  ['nothing', undefined],
  ['an execution that runs', ended('RUNNING')],
  ['an event of its own', { 'detail-type': 'VersionAvailable', source: 'liftlock', detail: { version: 1 } }],
  ['an event of another shape', { 'detail-type': 'Step Functions Execution Status Change', detail: null }],
])('%s only means: look now', (_, event) => {
  expect(definition.parse(event)).toEqual({});
});
