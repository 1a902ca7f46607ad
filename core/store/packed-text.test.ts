import { packText, unpackText } from './scan-entities.ts';

/** Text that gzip hardly shrinks. */
function noise(length: number): string {
  let state = 7;
  let text = '';
  while (text.length < length) {
    state = (state * 48_271) % 2_147_483_647;
    text += state.toString(36);
  }
  return text;
}

test.each([
  ['nothing', ''],
  ['a word with marks beyond ASCII', 'Schleuse, écluse, 水門'],
  ['what is kept as it is', noise(4_000).slice(0, 4_000)],
  ['what is packed', noise(4_001)],
  ['what looks as if it were packed', 'H4sIAAAA'],
  ['what takes several items', noise(1_500_000)],
])('%s comes back as it was, in parts that each fit into an item', (_, text) => {
  const parts = packText(text);
  expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(300_000);
  expect(parts.length).toBe(text.length > 1_000_000 ? 5 : 1);
  expect(unpackText(parts)).toBe(text);
});

test('parts of another text, or too few of them, are refused', () => {
  const parts = packText(noise(700_000));
  expect(() => unpackText(parts.slice(0, -1))).toThrow();
  expect(() => unpackText([...parts].reverse())).toThrow();
});

test('a short text is kept as it is, and a longer one takes less room than it is long', () => {
  expect(packText('{"a":1}')).toEqual(['{"a":1}']);
  const [packed = ''] = packText('{"a":1}'.repeat(1_000));
  expect(packed.length).toBeLessThan(1_000);
});
