import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Json } from '../json/json.ts';
import { compileExpression } from './compiled-expression.ts';
import { toPlainJson } from './evaluate.ts';
import { NOT_PLAIN, plainExpressionOf } from './plain-expression.ts';

const member = fc.constantFrom('a', 'status', 'Payload', 'constructor', '`__proto__`');
const way = fc.array(member, { maxLength: 3 }).map((members) => ['$states', ...members].join('.'));
const literal = fc.constantFrom("'done'", '"it\'s"', '1', '0.1', '-0', '1e300', '123456789012345678', 'true', 'false');
const expression = fc.letrec<{ tree: string }>((tie) => {
  const operator = fc.constantFrom('=', '+', '&', 'and', 'or');
  const nested = fc
    .tuple(tie('tree'), operator, tie('tree'))
    .map(([left, sign, right]) => `(${left} ${sign} ${right})`);
  const chosen = fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([asked, a, b]) => `(${asked} ? ${a} : ${b})`);
  const exists = tie('tree').map((tree) => `$exists(${tree})`);
  return { tree: fc.oneof({ depthSize: 'small' }, way, literal, nested, exists, chosen) };
}).tree;
const variable = fc.letrec((tie) => ({
  node: fc.oneof(
    fc.constantFrom<unknown>('done', 1, true, 0.1, -0, 1e300, 123456789012345, 1234567890123456, 'é'),
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(fc.constantFrom('a', 'status', 'Payload', 'constructor', '__proto__'), tie('node'), { maxKeys: 4 }),
  ),
})).node;

test('a plain expression answers what JSONata answers, or leaves it to JSONata', async () => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(variable, expression, async (states, source) => {
      const read = plainExpressionOf(source);
      if (read === undefined) throw new Error(`${source} was not taken for a plain expression`);
      const plain = read((name) => (name === 'states' ? states : undefined));
      if (plain === NOT_PLAIN) return;
      answered += 1;
      const whole = await compileExpression(source).evaluate(undefined, { states });
      expect(toPlainJson(plain)).toEqual(toPlainJson(whole as Json));
    }),
    { numRuns: 3_000 },
  );
  expect(answered).toBeGreaterThan(500);
});

test.each([
  ['$states.input', true],
  ["$states.input.status = 'done'", true],
  ['$poll + 1', true],
  ['$a and $b', true],
  ['$exists($input.contract) ? $input.contract : 2', true],
  ['$states.input.list[0]', false],
  ['$states.input.list[]', false],
  ['$states.input.list^(a)', false],
  ['$states.input.*', false],
  ['$states.input.(a)', false],
  ['$states.input@$b.c', false],
  ['$states.input.$b', false],
  ['$states.input{a: b}', false],
  ['$uuid()', false],
  ['$exists($a, $b)', false],
  ['$count($a)', false],
  ['$a - 1', false],
  ['$a != 1', false],
  ['$a in $b', false],
  ['($a; $b)', false],
  ['($a := 1)', false],
  ['$a ? 1', false],
  ['null', false],
  ['$', false],
  ['$$.a', false],
  ['a.b', false],
  ["$a = 'it''s'", false],
  ['$a ?? 1', false],
])('%s is a plain expression: %s', (source, plain) => {
  expect(plainExpressionOf(source) !== undefined).toBe(plain);
});

test.each(['$states.a.b', "$states.a.b = 'x'", "$states.a.b & 'x'", '$states.a.b + 1', '$states.a.b and true'])(
  '%s is left to JSONata where the way leads through lists, to nothing or over what objects inherit',
  (source) => {
    for (const states of [{ a: [{ b: 1 }] }, { a: { b: [1] } }, { a: {} }, { a: { b: null } }, undefined])
      expect(plainExpressionOf(source)?.(() => states)).toBe(NOT_PLAIN);
    expect(plainExpressionOf('$states.constructor')?.(() => ({}))).toBe(NOT_PLAIN);
  },
);

test('a variable that is called exists is left to JSONata, which calls it', () => {
  expect(plainExpressionOf('$exists($a)')?.(() => 1)).toBe(NOT_PLAIN);
});

test('the machines have one expression alone that is more than plain', () => {
  const directory = new URL('../../../state-machines/', import.meta.url);
  const texts = readdirSync(directory).map((name) => readFileSync(new URL(name, directory), 'utf8'));
  const sources = texts.flatMap((text) =>
    [...text.matchAll(/"\{%(.*?)%\}"/gs)].map(([, source = '']) => source.trim()),
  );
  const others = new Set(sources.filter((source) => plainExpressionOf(source) === undefined));
  expect([...others].map((source) => source.slice(0, 20))).toEqual(['( $worst := $count($']);
});
