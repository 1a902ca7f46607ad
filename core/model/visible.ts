/**
 * Text of others (tags, names, reasons, annotations) as people may be shown it: whatever has no width, breaks a line, turns the direction of
 * reading or steers a terminal stands as its escape (`\u202e`), so that nothing hides and nothing reads like what it is not. Line feeds stay.
 * Escapes are those of JSON: in a JSON string they mean the same character.
 */
export const visible = (text: string): string => text.replaceAll(HIDDEN, escaped);

/** The same in one line, as in a table, a mail or a log: what breaks it could forge the next one. */
export const visibleLine = (text: string): string => visible(text).replaceAll('\n', '\\n');

/** The categories Cc, Cf, Cs, Co and Cn of Unicode, and its two separators of lines. */
const HIDDEN = /[^\P{C}\n]|[\u2028\u2029]/gu;

/** The same of a text that is written as a whole: its own colours, tabs and line breaks stay. */
export const visibleAround = (text: string): string => text.replaceAll(HIDDEN_AROUND, escaped);

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
const HIDDEN_AROUND = /(?!\u001b\[(?:0|1|2|22|3[1-69]|39|90)m)(?!\r\n)[^\P{C}\n\t]|[\u2028\u2029]/gu;

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
