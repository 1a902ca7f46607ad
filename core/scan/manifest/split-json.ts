import { closingQuote } from './closing-quote.ts';
import { MAX_DEPTH } from './limits.ts';
import type { DocumentText } from './split-yaml.ts';

/** A value of a stream of JSON values, or what is in its place and why it is none. */
export type JsonPart = DocumentText & { readonly problem?: string };

/**
 * The values of a stream of JSON: one object, JSON lines, or objects one after the other as `kubectl -o json` prints them. Looks at
 * brackets and strings only. After a broken value it goes on with the next line that begins with a bracket.
 */
export function splitJson(text: string): JsonPart[] {
  const parts: JsonPart[] = [];
  let position = 0;
  let line = 1;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code === NEWLINE) line += 1;
    if (code <= BLANK || code === COMMA || code === RECORD_SEPARATOR) {
      position += 1;
      continue;
    }
    const { end, problem } = endOfValue(text, position);
    const part = text.slice(position, end);
    parts.push({ text: part, line, ...(problem === undefined ? {} : { problem }) });
    for (let at = text.indexOf('\n', position); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) line += 1;
    position = end;
  }
  return parts;
}

const NEWLINE = 10;
const BLANK = 32;
const COMMA = 44;
const RECORD_SEPARATOR = 30;
const QUOTE = 34;
const isOpen = (code: number): boolean => code === 123 || code === 91;
const isClose = (code: number): boolean => code === 125 || code === 93;

function endOfValue(text: string, begin: number): { end: number; problem?: string } {
  if (!isOpen(text.charCodeAt(begin))) return { end: resume(text, begin), problem: 'this is not a JSON object' };
  let depth = 0;
  let deepest = 0;
  for (let at = begin; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = closingQuote(text, at + 1);
      if (at === -1) break;
    } else if (isOpen(code)) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (isClose(code)) {
      depth -= 1;
      if (depth > 0) continue;
      const end = at + 1;
      return deepest <= MAX_DEPTH
        ? { end }
        : { end, problem: `it is nested ${deepest} levels deep, and at most ${MAX_DEPTH} are read` };
    }
  }
  return { end: resume(text, begin), problem: 'it ends before its brackets are closed' };
}

/** The start of the next line that begins with a bracket. */
function resume(text: string, from: number): number {
  for (let at = text.indexOf('\n', from); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (isOpen(text.charCodeAt(at + 1))) return at + 1;
  }
  return text.length;
}
