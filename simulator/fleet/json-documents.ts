import { jsonFaultPosition } from './json-fault-position.ts';

/** A JSON text that is not JSON, with the place of the fault. */
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
 * The values in a file of AWS CLI output. It takes what people save: one value, several one after the other (a shell
 * loop), an array of them, a byte order mark, and commas before a closing bracket as some printed examples have them.
 * Throws `JsonFault` with line and column (both from 1) on anything else.
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
