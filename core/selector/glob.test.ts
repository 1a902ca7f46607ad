import fc from 'fast-check';
import { matchesGlob } from './glob.ts';

test.each([
  ['web', 'web', true],
  ['web', 'web-1', false],
  ['web-*', 'web-', true],
  ['*-canary', 'web-canary', true],
  ['team-*-prod', 'team-a-prod', true],
  ['team-*-prod', 'team-prod', false],
  ['a*a', 'a', false],
  ['*', '', true],
  ['**', 'anything', true],
  ['a.c', 'abc', false],
  ['[ab]', 'a', false],
  ['', '', true],
  ['', 'a', false],
])('%j against %j: %j', (pattern, text, expected) => {
  expect(matchesGlob(pattern, text)).toBe(expected);
});

test('it says what a regular expression would', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  fc.assert(
    fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (pattern, text) => {
      expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text));
    }),
    { numRuns: 2000 },
  );
});

test('many stars against a long text that almost matches have an answer', () => {
  expect(matchesGlob(`${'*a'.repeat(2_000)}*b*c`, 'a'.repeat(200_000))).toBe(false);
});
