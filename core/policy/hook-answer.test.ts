import { readHookAnswer } from './hook-answer.ts';

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
