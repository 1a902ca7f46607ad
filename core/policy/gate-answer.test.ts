import { gateName, oneLine, readAnswer } from './gate-answer.ts';

test.each([
  ['{"green": true}', 'green', 'It answers green.'],
  ['{"green": false}', 'red', 'It answers not green.'],
  ['{"green": false, "message": "error rate 4 %."}', 'red', 'It answers not green: error rate 4 %.'],
  ['{"green": true, "message": "two\\n\\u001b[31mlines"}', 'green', 'It answers green: two [31mlines.'],
])('%s is %s', (body, status, message) => {
  expect(readAnswer(body)).toEqual({ status, message });
});

test.each([
  '',
  'true',
  'null',
  '[]',
  '{}',
  '{"green": "true"}',
  '{"green": 1}',
  '{"green": null}',
  '{"Green": true}',
  '{"green": true, "message": 5}',
  '{"green": true, "degraded": true}',
  '{"green": true} trailing',
  '<html>green: true</html>',
])('%s is unknown, and its words are not repeated', (body) => {
  expect(readAnswer(body)).toEqual({ status: 'unknown', message: expect.stringMatching(/^Its answer is not/) });
});

test('a message is cut, and what is confidential is not shown', () => {
  const { message } = readAnswer(JSON.stringify({ green: true, message: `hunter2 ${'x'.repeat(1_000)}` }), ['hunter2']);
  expect(message).toHaveLength('It answers green: .'.length + 300);
  expect(message).toContain('[not shown] xxx');
});

test.each([
  [{ alarm: 'errors' }, 'errors'],
  [
    { alarm: 'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:errors' },
    'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:errors',
  ],
  [{ webhook: 'https://gates.example.com:8443/prod?token=hunter2#x' }, 'gates.example.com:8443/prod'],
  [{ webhook: 'hunter2' }, 'a webhook that is no URL'],
])('%j is called %s', (gate, name) => {
  expect(gateName(gate)).toBe(name);
});

test.each([
  [' two\nlines  and blanks. ', 'two lines and blanks'],
  ['v1.2 is out', 'v1.2 is out'],
  ['x'.repeat(300), 'x'.repeat(300)],
  ['x'.repeat(301), `${'x'.repeat(299)}…`],
  [`${'x'.repeat(298)}🚀 and more`, `${'x'.repeat(298)}…`],
])('words are told in one line of bearable length, without the last dot: %j', (text, line) => {
  expect(oneLine(text)).toBe(line);
});

test('nothing is hidden where nothing is confidential', () => {
  expect(readAnswer('{"green": true, "message": "all is well"}').message).toBe('It answers green: all is well.');
});
