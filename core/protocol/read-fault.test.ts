import { readFault, stoppedFromOutside } from './read-fault.ts';

const ended = (said: string) => ({
  code: 'StoppedFromOutside',
  message: `The execution ${said} Versions that it had moved stay. Look; what goes on with it says: liftlock explain cluster web.`,
});

test('an execution that was stopped is told with its status, and with why as far as somebody wrote that', () => {
  const stopped = { status: 'ABORTED' };
  expect(stoppedFromOutside(stopped, 'web')).toEqual(ended('ended ABORTED without concluding.'));
  expect(stoppedFromOutside(stopped, 'web', 'upgrade-1')).toEqual(ended('upgrade-1 ended ABORTED without concluding.'));
  expect(stoppedFromOutside({ ...stopped, error: 'unknown' }, 'web')).toEqual(
    ended('ended ABORTED without concluding.'),
  );
  expect(stoppedFromOutside({ ...stopped, cause: 'maintenance' }, 'web')).toEqual(
    ended('ended ABORTED without concluding. maintenance.'),
  );
  expect(stoppedFromOutside({ ...stopped, error: 'ByHand', cause: 'maintenance' }, 'web')).toEqual(
    ended('ended ABORTED without concluding. ByHand: maintenance.'),
  );
  expect(stoppedFromOutside({ ...stopped, error: 'ByHand', cause: 'No more today.' }, 'web')).toEqual(
    ended('ended ABORTED without concluding. ByHand: No more today.'),
  );
});

test('of a long cause a person reads the beginning', () => {
  const { message } = stoppedFromOutside({ status: 'FAILED', error: 'E', cause: 'x'.repeat(2_000) }, 'web');
  expect(message.match(/x+/g)?.at(1)).toHaveLength(500);
});

test.each([
  ['a text', 'out of memory', { code: 'Word', message: 'out of memory' }],
  ["Lambda's error", '{"errorMessage":"no network","trace":[]}', { code: 'Word', message: 'no network' }],
  [
    'an error whose message is no text',
    '{"errorMessage":{"a":1}}',
    { code: 'Word', message: '{"errorMessage":{"a":1}}' },
  ],
  ['what has no status', '{"Name":"n"}', { code: 'Word', message: '{"Name":"n"}' }],
  ['what has no name', '{"Status":"FAILED"}', { code: 'Word', message: '{"Status":"FAILED"}' }],
  [
    'a nested execution that somebody stopped',
    '{"Name":"upgrade-1--scan","Status":"ABORTED"}',
    ended('upgrade-1--scan ended ABORTED without concluding.'),
  ],
  [
    'a nested execution that failed, by what failed in it',
    JSON.stringify({ Name: 'n', Status: 'FAILED', Error: 'E', Cause: '{"errorMessage":"inner"}' }),
    ended('n ended FAILED without concluding. E: inner.'),
  ],
  [
    'a nested execution whose error and cause are no texts',
    '{"Name":"n","Status":"FAILED","Error":1,"Cause":2}',
    ended('n ended FAILED without concluding.'),
  ],
])('%s is read as a cause', (_, cause, reason) => {
  expect(readFault('Word', cause, 'web')).toEqual(reason);
});

test('what cannot be started a second time, after a redrive, is told with what to do instead', () => {
  const { code, message } = readFault(
    'StepFunctions.ExecutionAlreadyExistsException',
    "Execution Already Exists: 'x'",
    'web',
  );
  expect(code).toBe('StepFunctions.ExecutionAlreadyExistsException');
  expect(message).toMatch(
    /^Execution Already Exists: 'x' A redrive cannot .* Another attempt can\. Look; what goes on with it says: liftlock explain cluster web\.$/,
  );
});
