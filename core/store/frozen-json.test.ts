import { frozenJson } from './frozen-json.ts';

const tree = { text: 'a', none: null, off: false, list: [1, { deep: [true] }], gone: undefined };

test('what JSON says of a value, and nobody can change it any more', () => {
  const copy = frozenJson(tree);
  expect(copy).toStrictEqual({ text: 'a', none: null, off: false, list: [1, { deep: [true] }] });
  const inner = copy.list[1] as { deep: boolean[] };
  for (const part of [copy, copy.list, inner, inner.deep]) expect(Object.isFrozen(part)).toBe(true);
  expect(Object.isFrozen(tree)).toBe(false);
});

test.each<[string, unknown]>([
  ['a date', new Date(0)],
  ['a list with holes', [undefined, 1, () => 1, Number.NaN]],
  ['numbers that JSON does not know', { minus: -0, much: Number.POSITIVE_INFINITY }],
  ['what says itself how it is kept', { toJSON: () => ({ said: [1] }) }],
  [
    'an object of a class',
    new (class Cap {
      readonly total = 3;
      readonly of = { region: 1 };
    })(),
  ],
  ['an object without a prototype', Object.assign(Object.create(null), { a: { b: 1 } })],
  ['a member called __proto__', JSON.parse('{"__proto__": {"a": 1}, "b": 2}')],
  ['functions and symbols among members', { run: () => 1, sign: Symbol('s'), kept: 1 }],
])('%s is kept as JSON keeps it', (_, value) => {
  const kept = frozenJson({ value }).value;
  const text = JSON.stringify({ value });
  expect(JSON.stringify({ value: kept })).toBe(text);
  expect(Object.isFrozen(kept)).toBe(true);
  expect(Object.is(-0, (kept as { minus?: number }).minus)).toBe(false);
});

test('what is frozen is shared, since it was kept before', () => {
  const frozen = frozenJson(tree);
  expect(frozenJson({ frozen }).frozen).toBe(frozen);
});

test('of half a character, as texts of others may end, a whole one is made, so that its hash stays right', () => {
  expect(frozenJson({ said: 'well \ud83d', list: ['🚀'] })).toEqual({ said: 'well \ufffd', list: ['🚀'] });
});

test('nothing at all has no JSON', () => {
  expect([frozenJson(undefined), frozenJson(() => 1)]).toEqual([undefined, undefined]);
});
