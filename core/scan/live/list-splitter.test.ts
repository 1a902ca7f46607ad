import fc from 'fast-check';
import { ListSplitter } from './list-splitter.ts';

function split(text: string, sizes: readonly number[]): { items: unknown[]; rest: unknown } {
  const items: unknown[] = [];
  const splitter = new ListSplitter((item) => items.push(JSON.parse(item)));
  let at = 0;
  for (let index = 0; at < text.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    splitter.push(text.slice(at, at + size));
    at += size;
  }
  return { items, rest: JSON.parse(splitter.finish()) };
}

function splitTexts(text: string): { items: string[] } {
  const items: string[] = [];
  new ListSplitter((item) => items.push(item)).push(text);
  return { items };
}

const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', '}', '[', ']', ',', 'é', '\n') });
/** It has few keys, which may be repeated: much cheaper than fast-check's own. */
const objectOf = <Value>(key: fc.Arbitrary<string>, value: fc.Arbitrary<Value>) =>
  fc.array(fc.tuple(key, value), { maxLength: 5 }).map((entries) => Object.fromEntries(entries));
const leaf = fc.oneof(text, fc.constant(null), fc.integer(), fc.boolean());
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value')),
    objectOf(fc.constantFrom('b', 'items', '{'), tie('value')),
  ),
})).value;
// Keys have no escapes: JSON.parse of V8 13.6 confuses such keys after objects of the same shape.
const item = objectOf(fc.constantFrom('a', 'items', '[{', ']}', 'metadata'), value);

test('the items and the rest are those of the whole text, wherever it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(item, { maxLength: 8 }),
      objectOf(fc.constantFrom('kind', 'metadata', '[x', 'a}'), value),
      fc.boolean(),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      (items, others, first, pretty, sizes) => {
        const list = first ? { items, ...others } : { ...others, items };
        const text = JSON.stringify(list, null, pretty ? 2 : undefined);
        expect(split(text, sizes)).toEqual({ items, rest: { ...others, items: [] } });
      },
    ),
    { numRuns: 500 },
  );
});

test.each(['1', 'null', '"a"', 'true'])('%s among the items does not get lost', (scalar) => {
  const { items } = splitTexts(`{"items":[${scalar},{"a":1}]}`);
  expect(items.at(-1)).toBe('{"a":1}');
  expect(items.length).toBeGreaterThan(1);
});

test.each(['{"items":null,"kind":"PodList"}', '{"kind":"Status","details":{"items":[1]}}', '[]', '{"kind":"items"}'])(
  'what has no items comes out as it is: %s',
  (text) => {
    expect(split(text, [3])).toEqual({ items: [], rest: JSON.parse(text) });
  },
);
