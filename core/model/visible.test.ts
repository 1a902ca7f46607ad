import { visible, visibleAround, visibleLine } from './visible.ts';

test.each([
  ['a terminal is steered', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
  ['a line is written over', 'ok\rno', 'ok\\u000dno'],
  ['the reading is turned', 'a\u202ed', 'a\\u202ed'],
  ['an isolate is opened', 'a\u2067d', 'a\\u2067d'],
  ['something has no width', 'pay\u200bments', 'pay\\u200bments'],
  ['a word is joined or marked', '\u2060a\ufeffb\u00adc', '\\u2060a\\ufeffb\\u00adc'],
  ['a line ends by another sign', 'a\u2028b\u2029c\u0085d', 'a\\u2028b\\u2029c\\u0085d'],
  ['a tag character lies outside of the first plane', 'a\u{e0041}b', 'a\\udb40\\udc41b'],
  ['half a pair stands alone', 'a\ud800b', 'a\\ud800b'],
  ['a tab shifts', 'a\tb', 'a\\u0009b'],
])('%s: it is seen', (_, text, seen) => {
  expect(visible(text)).toBe(seen);
});

test('letters of all scripts, signs and line feeds stay', () => {
  const text = 'größer 東京 שלום مرحبا 🚀 a\nb';
  expect(visible(text)).toBe(text);
  expect(visibleAround(text)).toBe(text);
});

test('one line stays one line', () => {
  expect(visibleLine('red\nWhat to do: Nothing.\u2028x')).toBe('red\\nWhat to do: Nothing.\\u2028x');
});

test('a text as a whole keeps its own colours, tabs and line breaks, and nothing else that steers', () => {
  const own = '\u001b[31mred\u001b[39m\ta\r\nb';
  expect(visibleAround(own)).toBe(own);
  expect(visibleAround('\u001b[8mhidden\u001b[2Jb\rc\u202ed')).toBe('\\u001b[8mhidden\\u001b[2Jb\\u000dc\\u202ed');
});

test('in a JSON document the escapes mean what they stand for', () => {
  const document = { tag: 'a\u202eb\u{e0041}\u200b' };
  expect(JSON.parse(visibleAround(JSON.stringify(document)))).toEqual(document);
});
