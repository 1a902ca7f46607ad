import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';

test('the example of RFC 8785 section 3.2.3 is serialised as the RFC prints it', () => {
  const input = {
    numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  expect(canonicalJson(input)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('the order in which keys were written does not matter, that of a list does', () => {
  expect(canonicalJson({ b: 1, a: { d: 1, c: 2 } })).toBe(canonicalJson({ a: { c: 2, d: 1 }, b: 1 }));
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test('an absent key and an undefined one are the same', () => {
  expect(canonicalJson({ a: 1, b: undefined })).toBe('{"a":1}');
});

test.each([
  ['undefined', undefined],
  ['a function', () => 1],
  ['NaN', { a: Number.NaN }],
  ['infinity', [Number.POSITIVE_INFINITY]],
])('%s is refused, since it would hash like something else', (_, value) => {
  expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ name: 'NotCanonicalizable' }));
});

test('a value that contains itself is refused', () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  expect(() => canonicalJson(loop)).toThrow(expect.objectContaining({ name: 'NotCanonicalizable' }));
});

test('every plain JSON value has the text that the library gives it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      expect(canonicalJson(value)).toBe(canonicalize(value));
    }),
  );
});
