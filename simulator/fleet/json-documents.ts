/** A text that is no JSON, with the position of the error. */
export class JsonFault extends Error {
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.name = 'JsonFault';
    this.line = line;
    this.column = column;
  }
}

/**
 * The values in a file of AWS CLI output. It accepts what people save: one value, several one after the other (a shell loop), an array of them, a
 * byte order mark, and commas before a closing bracket as in some printed examples. Throws `JsonFault` with line and column (both from 1) on anything
 * else.
 */
export function parseJsonDocuments(text: string): { values: unknown[]; trailingCommas: boolean } {
  const { clean, ends, trailingCommas } = scan(text.replace(/^\uFEFF/, ' '));
  const values: unknown[] = [];
  let start = 0;
  for (const end of ends) {
    values.push(parse(clean, start, end));
    start = end;
  }
  const rest = clean.slice(start);
  if (rest.trim() !== '') values.push(parse(clean, start, clean.length));
  if (values.length === 0) throw fault('The file is empty.', clean, clean.length);
  return { values: values.flatMap((value) => (Array.isArray(value) ? value : [value])), trailingCommas };
}

/** Finds where each top-level object or array ends, and blanks commas before closing brackets, outside of strings. */
function scan(text: string): { clean: string; ends: number[]; trailingCommas: boolean } {
  const ends: number[] = [];
  const commas: number[] = [];
  let depth = 0;
  let inString = false;
  let comma = -1;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
      continue;
    }
    if (/\s/.test(character)) continue;
    if (character === '"') inString = true;
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') {
      if (comma >= 0) commas.push(comma);
      depth -= 1;
      if (depth === 0) ends.push(index + 1);
    }
    comma = character === ',' ? index : -1;
  }
  let clean = text;
  for (const at of commas) clean = `${clean.slice(0, at)} ${clean.slice(at + 1)}`;
  return { clean, ends, trailingCommas: commas.length > 0 };
}

function parse(text: string, start: number, end: number): unknown {
  const part = text.slice(start, end);
  try {
    return JSON.parse(part);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const words = message.replace(/,? (\.\.\.)?".*$/s, '').replace(/(,? in JSON)? at position .*$/s, '');
    const position = jsonFaultPosition(part);
    const early = position >= part.trimEnd().length;
    throw fault(early ? 'The text ends in the middle.' : words, text, start + position);
  }
}

function fault(message: string, text: string, position: number): JsonFault {
  const before = text.slice(0, position).split('\n');
  return new JsonFault(message, before.length, (before.at(-1)?.length ?? 0) + 1);
}

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

const token =
  /\s*("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"|[[\]{}:,]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/uy;

/** The offset where a text stops being JSON; its length when it only ends too early. `JSON.parse` does not always tell. */
function jsonFaultPosition(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let position = 0;
  while (true) {
    token.lastIndex = position;
    const match = token.exec(text);
    const start = position + (/^\s*/.exec(text.slice(position))?.[0].length ?? 0);
    const word = match?.[1];
    if (word === undefined) return start;
    const next = after(word, expected, open);
    if (next === undefined) return start;
    expected = next;
    position = token.lastIndex;
  }
}

/** What may follow the token, or undefined where it is not allowed; keeps `open` up to date. */
function after(word: string, expected: Expected, open: ('{' | '[')[]): Expected | undefined {
  if (expected === ':') return word === ':' ? 'value' : undefined;
  if (expected === ', or end') {
    const inside = open.at(-1);
    if (word === ',' && inside !== undefined) return inside === '{' ? 'key' : 'value';
    return closes(word, open);
  }
  if (expected === 'key' || expected === 'key or }') {
    if (word.startsWith('"')) return ':';
    return expected === 'key or }' && word === '}' ? closes(word, open) : undefined;
  }
  if (word === '{' || word === '[') {
    open.push(word);
    return word === '{' ? 'key or }' : 'value or ]';
  }
  if (word === ']' && expected === 'value or ]') return closes(word, open);
  return /^[\]},:]$/.test(word) ? undefined : ', or end';
}

function closes(word: string, open: ('{' | '[')[]): Expected | undefined {
  const wanted = open.at(-1) === '{' ? '}' : ']';
  if (open.length === 0 || word !== wanted) return undefined;
  open.pop();
  return ', or end';
}
