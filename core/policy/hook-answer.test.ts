import { type HookExecution, readHookAnswer, readHookExecution, readHookJob } from './hook-answer.ts';

const sent = (members: object) => readHookAnswer(JSON.stringify({ schema: 'liftlock.hook/v1', ...members }));

test.each<[string, object, object]>([
  ['go', { answer: 'go' }, { answer: 'go', message: '' }],
  ['wait', { answer: 'wait', seconds: 300, message: 'at two.' }, { answer: 'wait', seconds: 300, message: 'at two' }],
  ['stop', { answer: 'stop', message: 'no ticket' }, { answer: 'stop', message: 'no ticket' }],
])('%s is taken', (_, members, answer) => {
  expect(sent(members)).toEqual(answer);
});

test.each<[string, string]>([
  ['nothing', ''],
  ['no JSON', 'go'],
  ['another schema', '{"schema":"liftlock.hook/v2","answer":"go"}'],
  ['no schema', '{"answer":"go"}'],
  ['another word', '{"schema":"liftlock.hook/v1","answer":"GO"}'],
  ['members that are not known', '{"schema":"liftlock.hook/v1","answer":"go","unless":"frozen"}'],
  ['a pause of no time', '{"schema":"liftlock.hook/v1","answer":"wait","seconds":0}'],
  ['a pause of more than an hour', '{"schema":"liftlock.hook/v1","answer":"wait","seconds":3601}'],
  ['a list', '[{"schema":"liftlock.hook/v1","answer":"go"}]'],
])('%s is no answer, and nothing of it is repeated', (_, body) => {
  expect(readHookAnswer(body)).toEqual({
    answer: 'none',
    message: 'What it sent is no answer of liftlock.hook/v1, so it counts for nothing (docs/hooks.md).',
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
