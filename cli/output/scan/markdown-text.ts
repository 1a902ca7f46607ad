import { visibleLine } from '../../../core/model/visible.ts';

/** Longer texts of others are cut, in characters: a comment has room for few. */
const MOST = 300;

/**
 * Text of others inside Markdown or HTML: every character that means something within a line of either is written as a reference, which is
 * never read as structure (CommonMark 0.31, section 6.2). `@` and `#` are cut off from what follows, or GitHub would notify people and link issues.
 */
export function markdownText(text: string): string {
  return referenced(shortened(text, MOST).replaceAll(/([@#])(?=\w)/g, '$1\u200b'));
}

/** The same as code: GitHub looks for no people and issues in there, and text stays as it can be copied. */
export function markdownCode(text: string, most = MOST): string {
  return `<code>${referenced(shortened(text, most))}</code>`;
}

/** A row of a table. The cells have been through the functions above. */
export const markdownRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function shortened(text: string, most: number): string {
  const characters = [...visibleLine(text.slice(0, 2 * most + 2).toWellFormed())];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : characters.join('');
}

function referenced(text: string): string {
  return text.replaceAll(/[&<>[\]\\`*_~|#@$]/g, (character) => `&#${character.charCodeAt(0)};`);
}
