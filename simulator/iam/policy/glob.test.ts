import fc from 'fast-check';
import { asLiteral, asText, globMatches } from './glob.ts';

/** The meaning of a glob as a regular expression. */
function reference(pattern: string, text: string): boolean {
  const source = [...pattern].map((character) => {
    if (character === '*') return '.*';
    return character === '?' ? '.' : character.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 's').test(text);
}

describe('a glob', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '*', '?', '.'), maxLength: 12 });

  it('means what the regular expression means', () => {
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        expect(globMatches(pattern, text)).toBe(reference(pattern, text));
      }),
      { numRuns: 2000 },
    );
  });

  it('matches a literal with itself alone', () => {
    fc.assert(
      fc.property(letters, letters, (text, other) => {
        expect(globMatches(asLiteral(text), other)).toBe(text === other);
        expect(asText(asLiteral(text))).toBe(text);
      }),
    );
  });

  it('decides at once where a backtracking expression would not end', () => {
    expect(globMatches(`${'*a'.repeat(40)}b`, 'a'.repeat(4000))).toBe(false);
  });
});
