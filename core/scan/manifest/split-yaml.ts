/** One YAML document of a file, as text. */
export interface DocumentText {
  readonly text: string;
  /** Line of the file on which `text` begins, from 1. */
  readonly line: number;
}

/** A line that is `---` or begins with it and a blank. `....` and `----` are none. */
const MARKER = /^(?:---|\.\.\.)(?=[ \t\r]|$)/;

/**
 * The documents of a YAML stream. A line that begins with `---` at its very start separates documents wherever it stands: YAML forbids
 * it inside quoted text, and inside block text every line is indented (YAML 1.2.2 §6.8 c-forbidden, §9.1.2). So a broken document
 * never takes its neighbours along.
 */
export function splitYaml(text: string): DocumentText[] {
  const documents: DocumentText[] = [];
  let begin = 0;
  let beginLine = 1;
  let line = 1;
  let position = 0;
  const close = (end: number): void => {
    const part = text.slice(begin, end);
    if (hasContent(part)) documents.push({ text: part, line: beginLine });
  };
  while (position < text.length) {
    const next = text.indexOf('\n', position);
    const end = next === -1 ? text.length : next;
    const code = text.charCodeAt(position);
    if ((code === 45 || code === 46) && MARKER.test(text.slice(position, Math.min(end, position + 4)))) {
      close(position);
      if (code === 45 && end - position > 3) {
        // What follows the marker on its line belongs to the document; blanks stand for the marker so that columns stay right.
        const rest = text.slice(position + 3, end);
        if (/^[ \t]+[^ \t\r#]/.test(rest)) {
          const after = nextMarker(text, end + 1);
          const part = `   ${text.slice(position + 3, after)}`;
          documents.push({ text: part, line });
          line += countLines(text, position, after);
          position = after;
          begin = after;
          beginLine = line;
          continue;
        }
      }
      begin = end + 1;
      beginLine = line + 1;
    }
    position = end + 1;
    line += 1;
  }
  close(text.length);
  return documents;
}

/** Where the next line begins that is a marker; the end of the text when none is. */
function nextMarker(text: string, from: number): number {
  let position = from;
  while (position < text.length) {
    const next = text.indexOf('\n', position);
    const end = next === -1 ? text.length : next;
    if (MARKER.test(text.slice(position, Math.min(end, position + 4)))) return position;
    position = end + 1;
  }
  return text.length;
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** Whether there is more than blanks, comments and directives. */
function hasContent(text: string): boolean {
  return /^[ \t]*[^\s#%]/m.test(text) || /^[ \t]+%/m.test(text);
}
