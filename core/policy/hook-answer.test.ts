import { type HookExecution, readHookAnswer, readHookExecution, readHookJob } from './hook-answer.ts';

const sent = (members: object) => readHookAnswer(JSON.stringify({ schema: 'liftlock.hook/v1', ...members }));

test.each<[string, object, object]>([
  ['go', { answer: 'go' }, { answer: 'go', message: '' }],
  ['wait', { answer: 'wait', seconds: 300, message: 'at two.' }, { answer: 'wait', seconds: 300, message: 'at two' }],
  ['stop', { answer: 'stop', message: 'no ticket' }, { answer: 'stop', message: 'no ticket' }],
])('%s is taken', (_, members, answer) => {
  expect(sent(members)).toEqual(answer);
});

const SCHEMA = '"schema":"liftlock.hook/v1"';

test.each<[string, string, string]>([
  ['nothing', ' \n', 'it is empty'],
  ['no JSON', 'go', 'it is no JSON (2 characters)'],
  ['a text', '"go"', 'it is “go” and no object'],
  ['what a function returns that returns nothing', 'null', 'it is null and no object'],
  ['a list', `[{${SCHEMA},"answer":"go"}]`, 'it is a list and no object'],
  [
    'another schema',
    '{"schema":"liftlock.hook/v2","answer":"go"}',
    'its schema is “liftlock.hook/v2” and has to be liftlock.hook/v1',
  ],
  ['no schema', '{"answer":"go"}', 'its schema is missing and has to be liftlock.hook/v1'],
  ['another word', `{${SCHEMA},"answer":"GO"}`, 'its answer is “GO” and has to be go, wait or stop'],
  [
    'an object for a word',
    `{${SCHEMA},"answer":{"go":true}}`,
    'its answer is an object and has to be go, wait or stop',
  ],
  ['a member that is not known', `{${SCHEMA},"answer":"go","unless":"frozen"}`, 'no answer has a member “unless”'],
  [
    'an answer for API Gateway',
    '{"statusCode":200,"body":"{}"}',
    'its schema is missing and has to be liftlock.hook/v1; no answer has a member “statusCode”',
  ],
  [
    'a pause of no time',
    `{${SCHEMA},"answer":"wait","seconds":0}`,
    'its seconds is 0 and has to be a whole number from 1 to 3600',
  ],
  [
    'a pause of more than an hour',
    `{${SCHEMA},"answer":"wait","seconds":3601}`,
    'its seconds is 3601 and has to be a whole number from 1 to 3600',
  ],
  ['a message that is none', `{${SCHEMA},"answer":"go","message":7}`, 'its message is 7 and has to be a text'],
  [
    'much, over several lines',
    `{${SCHEMA},"answer":"go\\n${'x'.repeat(300)}"}`,
    `its answer is “go ${'x'.repeat(37)}…” and has to be go, wait or stop`,
  ],
  [
    'what is confidential',
    `{${SCHEMA},"answer":"hunter2"}`,
    'its answer is “[not shown]” and has to be go, wait or stop',
  ],
])('%s is no answer, which says what is wrong with it and repeats no more than that takes', (_, body, why) => {
  expect(readHookAnswer(body, ['hunter2'])).toEqual({
    answer: 'none',
    message: `What it sent is no answer of liftlock.hook/v1: ${why}.`,
  });
});

test('a message is one line of bearable length, without control characters and what is confidential', () => {
  const message = `\u001b[31mno\r\n\u202eticket hunter2 ${'x'.repeat(600)}`;
  const answer = readHookAnswer(JSON.stringify({ schema: 'liftlock.hook/v1', answer: 'stop', message }), ['hunter2']);
  expect(answer.message).toMatch(/^\[31mno ticket \[not shown\] x+…$/);
  expect(answer.message).toHaveLength(300);
});

const output = (answer: string) => JSON.stringify({ schema: 'liftlock.hook/v1', answer });

test.each<[string, HookExecution, object]>([
  ['that runs: wait', { status: 'RUNNING' }, { answer: 'wait', message: 'the execution x is running' }],
  ['that waits to be redriven: wait', { status: 'PENDING_REDRIVE' }, { answer: 'wait' }],
  ['that has ended with go', { status: 'SUCCEEDED', output: output('go') }, { answer: 'go', message: '' }],
  ['that has ended with stop', { status: 'SUCCEEDED', output: output('stop') }, { answer: 'stop' }],
  ['that has ended with wait: none', { status: 'SUCCEEDED', output: output('wait') }, { answer: 'none' }],
  ['that has ended with nothing: none', { status: 'SUCCEEDED' }, { answer: 'none' }],
  [
    'that has failed: none, with its cause',
    { status: 'FAILED', error: 'NoTicket', cause: 'the board\nis closed', output: output('go') },
    { answer: 'none', message: 'Its execution x has ended as FAILED: NoTicket: the board is closed' },
  ],
  [
    'that was stopped: none',
    { status: 'ABORTED' },
    { answer: 'none', message: 'Its execution x has ended as ABORTED' },
  ],
  ['that took too long: none', { status: 'TIMED_OUT', output: output('go') }, { answer: 'none' }],
])('an execution %s', (_, execution, answer) => {
  expect(readHookExecution('x', execution)).toMatchObject(answer);
});

test.each([
  ['running', '', { answer: 'wait', message: 'the Job j is running' }],
  ['running', 'ImagePullBackOff', { answer: 'wait', message: 'the Job j is running: ImagePullBackOff' }],
  ['succeeded', 'all\nwell.', { answer: 'go', message: 'all well' }],
  ['refused', '', { answer: 'stop', message: '' }],
  ['broken', 'overdue', { answer: 'none', message: 'Its Job j has failed and judged nothing: overdue' }],
] as const)('a Job that is %s, and says %j', (status, message, answer) => {
  expect(readHookJob({ namespace: 'n', name: 'j', uid: 'u', status, message })).toEqual(answer);
});
