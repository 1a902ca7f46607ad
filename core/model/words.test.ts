import { apart } from './words.ts';

test('what a list has under one name twice is told in full, and the same thing twice is not', () => {
  const all = ['a.web', 'b.web', 'a.shop', 'a.shop'];
  const told = apart(all, (one) => one.slice(2), String);
  expect(all.map(told)).toEqual(['a.web', 'b.web', 'shop', 'shop']);
});
