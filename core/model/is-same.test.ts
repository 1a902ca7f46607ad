import { isSame } from './is-same.ts';

test.each<[string, object | undefined, object | undefined, boolean]>([
  ['in another order', { a: 1, b: [2], c: 3 }, { c: 3, a: 1, b: [2] }, true],
  ['of which one says that it has no such member', { a: 1 }, { a: 1, b: undefined }, true],
  ['of which neither is there', undefined, undefined, true],
  ['of which one is empty and one not there', {}, undefined, true],
  ['of which one has another value', { a: 1 }, { a: 2 }, false],
  ['of which one has a value and one none', { a: 1 }, { a: null }, false],
  ['of which one has one member more', { a: 1 }, { a: 1, b: 2 }, false],
  ['of which one is there', { a: 1 }, undefined, false],
  ["with each other's values", { a: 1, b: 2 }, { a: 2, b: 1 }, false],
  ['with a list in another order', { a: [1, 2] }, { a: [2, 1] }, false],
])('two items %s say the same, or do not', (_, a, b, same) => {
  expect([isSame(a, b), isSame(b, a)]).toEqual([same, same]);
});
