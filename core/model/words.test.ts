import { apart, sentence, someSentences } from './words.ts';

test('what a list has under one name twice is told in full, and the same thing twice is not', () => {
  const all = ['a.web', 'b.web', 'a.shop', 'a.shop'];
  const told = apart(all, (one) => one.slice(2), String);
  expect(all.map(told)).toEqual(['a.web', 'b.web', 'shop', 'shop']);
});

test.each([
  ['It is gone', 'It is gone.'],
  ['It is gone.', 'It is gone.'],
  ['a.b', 'a.b.'],
])('%s as a sentence is %s', (text, expected) => {
  expect(sentence(text)).toBe(expected);
});

test('sentences are told one after the other, as they are', () => {
  expect(someSentences(['It is held.', 'Run: liftlock x'])).toBe('It is held. Run: liftlock x');
  expect(someSentences(['A.', 'B.', 'C.', 'D.', 'E.'])).toBe('A. B. C. And 2 more.');
  expect(someSentences([])).toBe('');
});
