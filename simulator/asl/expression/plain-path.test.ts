import fc from 'fast-check';
import type { Json } from '../json/json.ts';
import { compileExpression } from './compiled-expression.ts';
import { toPlainJson } from './plain-json.ts';
import { followPlainPath, NOT_PLAIN, plainPathOf } from './plain-path.ts';

const value = fc.jsonValue({ maxDepth: 3 });
const member = fc.constantFrom('a', 'status', 'Payload', 'constructor');
const tail = fc.constantFrom('', " = 'done'", ' = 1', ' = true', ' + 1');

test('a plain path answers what JSONata answers, or leaves it to JSONata', async () => {
  const variable = fc.letrec((tie) => ({
    node: fc.oneof(value, fc.dictionary(member, tie('node'), { maxKeys: 3 })),
  })).node;
  await fc.assert(
    fc.asyncProperty(variable, fc.array(member, { maxLength: 3 }), tail, async (states, members, end) => {
      const source = `$states${members.map((one) => `.${one}`).join('')}${end}`;
      const path = plainPathOf(source);
      if (path === undefined) throw new Error(`${source} was not taken for a plain path`);
      const plain = followPlainPath(path, states);
      if (plain === NOT_PLAIN) return;
      const whole = await compileExpression(source).evaluate(undefined, { states });
      expect(toPlainJson(plain)).toEqual(toPlainJson(whole as Json));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['$states.input', true],
  ["$states.input.status = 'done'", true],
  ['$poll + 1', true],
  ['$states.input.list[0]', false],
  ['$uuid()', false],
  ['$a.in', false],
  ["$a = 'it''s'", false],
  ['a.b', false],
  ['$a and $b', false],
])('%s is a plain path: %s', (source, plain) => {
  expect(plainPathOf(source) !== undefined).toBe(plain);
});

test('a way through lists, to nothing or over what objects inherit is left to JSONata', () => {
  const path = plainPathOf('$states.a.b');
  if (path === undefined) throw new Error('not a plain path');
  for (const states of [{ a: [{ b: 1 }] }, { a: { b: [1] } }, { a: {} }, { a: { b: null } }, undefined])
    expect(followPlainPath(path, states)).toBe(NOT_PLAIN);
});
