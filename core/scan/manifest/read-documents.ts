import { parseJson } from '../../model/parse-json.ts';
import { closingQuote } from './closing-quote.ts';
import { MAX_DEPTH, type Position } from './manifest-object.ts';
import { parseDocument } from './parse-document.ts';
import { type DocumentText, splitYaml } from './split-yaml.ts';
import { isTemplateText } from './template-text.ts';

/**
 * A document of a file: its value, or why it could not be read. `line` counts from 1; `doubled` is the position of a repeated key, `part` the text of
 * a YAML document that could not be read.
 */
export type ReadDocument =
  | { readonly text: string; readonly line: number; readonly value: unknown; readonly doubled?: Position }
  | { readonly line: number; readonly problem: string; readonly template: boolean; readonly part?: DocumentText };

/** The documents of a text, one after the other; a broken one does not affect the others. JSON is recognised by its first character. */
export function* readDocuments(text: string): Generator<ReadDocument> {
  const content = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const begin = /^\s*/.exec(content.slice(0, 100_000))?.[0].length ?? 0;
  const first = content[begin];
  if ((first === '{' && content[begin + 1] !== '{') || first === '[') {
    const json = readJson(content);
    if (json !== undefined) {
      yield* json;
      return;
    }
  }
  for (const part of splitYaml(content)) yield readPart(part);
}

function readPart({ text, line }: DocumentText): ReadDocument {
  const parsed = parseDocument(text);
  if ('problem' in parsed)
    return {
      line: line + parsed.problem.line - 1,
      problem: parsed.problem.message,
      template: isTemplateText(text),
      part: { text, line },
    };
  const { value, doubled } = parsed;
  if (doubled === undefined) return { text, line, value };
  return { text, line, value, doubled: { line: line + doubled.line - 1, column: doubled.column } };
}

/** Undefined when it is flow-style YAML instead: `{apiVersion: v1, …}`. */
function readJson(text: string): ReadDocument[] | undefined {
  const parts = splitJson(text);
  const documents = parts.map(({ text: part, line, keys, problem }): ReadDocument => {
    if (problem !== undefined) return { line, problem, template: isTemplateText(part) };
    const value = parseJson(part);
    if (value === undefined) return readPart({ text: part, line });
    if (countKeys(value) === keys) return { text: part, line, value };
    // The parser of JSON silently drops the first of two equal keys; that of YAML gives the position of the second one.
    const again = readPart({ text: part, line });
    return { doubled: { line, column: 1 }, ...('problem' in again ? {} : again), text: part, line, value };
  });
  return documents.some((document) => 'value' in document) || !/^---/m.test(text) ? documents : undefined;
}

function countKeys(value: unknown): number {
  let count = 0;
  if (typeof value !== 'object' || value === null) return count;
  for (const member of Object.values(value)) count += countKeys(member);
  return Array.isArray(value) ? count : count + Object.keys(value).length;
}

/** A value in a stream of JSON values, or the reason why it is none. `keys`: the number of keys written in it, repeated ones included. */
type JsonPart = DocumentText & { readonly keys: number; readonly problem?: string };

/**
 * The values of a stream of JSON: one object, JSON lines, or objects one after the other as `kubectl -o json` prints them. It looks at brackets and
 * strings only. After a broken value it continues with the next line that begins with a bracket.
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
    const { end, ...rest } = endOfValue(text, position);
    const part = text.slice(position, end);
    parts.push({ text: part, line, ...rest });
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

const COLON = 58;

function endOfValue(text: string, begin: number): { end: number; keys: number; problem?: string } {
  let keys = 0;
  if (!isOpen(text.charCodeAt(begin))) return { end: resume(text, begin), keys, problem: 'this is not a JSON object' };
  let depth = 0;
  let deepest = 0;
  for (let at = begin; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = closingQuote(text, at + 1);
      if (at === -1) break;
    } else if (code === COLON) keys += 1;
    else if (isOpen(code)) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (isClose(code)) {
      depth -= 1;
      if (depth > 0) continue;
      const end = at + 1;
      return deepest <= MAX_DEPTH
        ? { end, keys }
        : { end, keys, problem: `it is nested ${deepest} levels deep, and at most ${MAX_DEPTH} are read` };
    }
  }
  return { end: resume(text, begin), keys, problem: 'it ends before its brackets are closed' };
}

/** The start of the next line that begins with a bracket. */
function resume(text: string, from: number): number {
  for (let at = text.indexOf('\n', from); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (isOpen(text.charCodeAt(at + 1))) return at + 1;
  }
  return text.length;
}
