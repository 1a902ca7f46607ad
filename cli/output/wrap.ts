import { stripVTControlCharacters } from 'node:util';

/** What stands where nobody says how wide the terminal is: a pipe, a file, a log. */
export const USUAL_WIDTH = 100;

/**
 * A text in lines of at most `width` characters, broken at its spaces, the later ones indented; colours take no room. A longer word stays
 * whole, so that it can be copied.
 */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [word] of text.matchAll(/ *[^ ]+/g)) {
    const longer = `${line}${word}`;
    if (line !== '' && [...stripVTControlCharacters(longer)].length > width) {
      lines.push(line);
      line = `${indent}${word.trimStart()}`;
    } else line = longer;
  }
  return [...lines, line];
}
