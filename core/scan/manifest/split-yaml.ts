/** One YAML document of a file, as text. */
export interface DocumentText {
  readonly text: string;
  /** The line of the file on which `text` begins, from 1. */
  readonly line: number;
}

/** A line that is `---` or `...`, or begins with one of them and a blank. `....` and `----` do not match. */
const MARKER = /^(?:---|\.\.\.)(?=[ \t\r]|$)/;

/**
 * The documents of a YAML stream. A line that begins with `---` separates documents everywhere: YAML forbids it inside quoted text, and inside block
 * text every line is indented (YAML 1.2.2 §6.8 c-forbidden, §9.1.2). So a broken document does not affect its neighbours.
 */
export function splitYaml(text: string): DocumentText[] {
  const documents: DocumentText[] = [];
  // The current document; `indent` replaces a marker on its first line, so that columns stay right.
  let [begin, beginLine, indent] = [0, 1, ''];
  const close = (end: number): void => {
    const part = text.slice(begin, end);
    if (indent !== '' || hasContent(part)) documents.push({ text: `${indent}${part}`, line: beginLine });
  };
  let line = 1;
  for (let position = 0; position < text.length; line += 1) {
    const next = text.indexOf('\n', position);
    const end = next === -1 ? text.length : next;
    const first = text[position];
    if ((first === '-' || first === '.') && MARKER.test(text.slice(position, Math.min(end, position + 4)))) {
      close(position);
      // Text behind the marker on its line belongs to the document.
      const isBegun = first === '-' && /^[ \t]+[^ \t\r#]/.test(text.slice(position + 3, end));
      [begin, beginLine, indent] = isBegun ? [position + 3, line, '   '] : [end + 1, line + 1, ''];
    }
    position = end + 1;
  }
  close(text.length);
  return documents;
}

/** Whether the text has more than blanks, comments and directives. */
function hasContent(text: string): boolean {
  return /^[ \t]*[^\s#%]/m.test(text) || /^[ \t]+%/m.test(text);
}
