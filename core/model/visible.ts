/**
 * Makes other people's text (tags, names, reasons, annotations) safe to show. Characters without width, line breaks other than line feeds, changes of
 * the reading direction and terminal controls become escapes (`\u202e`), so that nothing hides or imitates other text. The escapes are those of JSON:
 * in a JSON string they mean the same character.
 */
export const visible = (text: string): string => text.replaceAll(HIDDEN, escaped);

/** The same on one line, as for a table, a mail or a log, since a line break could forge the next line. */
export const visibleLine = (text: string): string => visible(text).replaceAll('\n', '\\n');

/** The categories Cc, Cf, Cs, Co and Cn of Unicode, and its two line separators. */
const HIDDEN = /[^\P{C}\n]|[\u2028\u2029]/gu;

/** The same for a whole text that Liftlock has written: its own colours, tabs and line breaks stay. */
export const visibleAround = (text: string): string => text.replaceAll(HIDDEN_AROUND, escaped);

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
const HIDDEN_AROUND = /(?!\u001b\[(?:0|1|2|22|3[1-69]|39|90)m)(?!\r\n)[^\P{C}\n\t]|[\u2028\u2029]/gu;

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
