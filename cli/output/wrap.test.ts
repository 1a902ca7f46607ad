import { wrapped } from './print.ts';

test('a text is broken at its spaces, the later lines are indented, and nothing is lost', () => {
  const text = '  - web: once what blocks it is mended, liftlock retry cluster web';
  const lines = wrapped(text, 30, '    ');
  expect(lines).toEqual(['  - web: once what blocks it', '    is mended,', '    liftlock retry cluster web']);
  expect(lines.map((line) => line.trim()).join(' ')).toBe(text.trim());
});

test('a word that is longer than a line stays whole, and what fits stays as it is', () => {
  const arn = 'arn:aws:eks:eu-central-1:111111111111:cluster/web';
  expect(wrapped(`of ${arn} here`, 20)).toEqual(['of', arn, 'here']);
  expect(wrapped('it fits', 7)).toEqual(['it fits']);
  expect(wrapped('', 7)).toEqual(['']);
});

test('columns of spaces stay, and colours take no room', () => {
  expect(wrapped('a    b', 6)).toEqual(['a    b']);
  const red = '\u001b[31mred\u001b[39m';
  expect(wrapped(`${red} ${red}`, 7)).toEqual([`${red} ${red}`]);
});

test('a command that ends a text stays whole, so that it can be pasted', () => {
  const command = `kubectl -n a patch pdb b -p '{"spec": {"x": 1}}'`;
  const fix = ['fix: Let it allow', '  one disruption:', `  ${command}`];
  expect(wrapped(`fix: Let it allow one disruption: ${command}`, 20, '  ')).toEqual(fix);
  const next = ['once it is mended,', 'liftlock retry cluster web'];
  expect(wrapped('once it is mended, liftlock retry cluster web', 20)).toEqual(next);
  expect(wrapped('It said: aws ran. Then more', 10)).toEqual(['It said:', 'aws ran.', 'Then more']);
});

test('words after a command are no part of it, however its sentence goes on', () => {
  const text = 'Runs: liftlock release cluster web, and then waits; or liftlock skip cluster web; then somebody looks.';
  const lines = [
    'Runs:',
    'liftlock release cluster web,',
    'and then waits; or liftlock',
    'skip cluster web; then',
    'somebody looks.',
  ];
  expect(wrapped(text, 28)).toEqual(lines);
  const set = `kubectl patch a -p '{"x": 1, "y": 2}'`;
  expect(wrapped(`Set: ${set}, and look`, 20)).toEqual(['Set:', `${set},`, 'and look']);
  expect(wrapped("It said: aws can't, it said, for long", 20)).toEqual(["It said: aws can't,", 'it said, for long']);
});
