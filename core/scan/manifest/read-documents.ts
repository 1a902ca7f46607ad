import { parseJson } from '../../model/parse-json.ts';
import { closingQuote } from './closing-quote.ts';
import { MAX_DEPTH } from './limits.ts';
import { parseDocument } from './parse-document.ts';
import { type DocumentText, splitYaml } from './split-yaml.ts';
import { isTemplateText } from './template-text.ts';

/** A document of a file: what it says, or why it could not be read. `line` counts from 1. */
export type ReadDocument =
  | { readonly text: string; readonly line: number; readonly value: unknown; readonly duplicateKeyLine?: number }
  | { readonly line: number; readonly problem: string; readonly template: boolean };

/** The documents of a text, one after the other; a broken one costs only itself. JSON is told from YAML by its first character. */
export function* readDocuments(text: string): Generator<ReadDocument> {
  const content = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const begin = /^\s*/.exec(content.slice(0, 100_000))?.[0].length ?? 0;
  const first = content[begin];
  if (first === '{' || first === '[') {
    const json = readJson(content);
    if (json !== undefined) {
      yield* json;
      return;
    }
  }
  for (const { text: part, line } of splitYaml(content)) {
    const parsed = parseDocument(part);
    if ('problem' in parsed) {
      const { message, line: within } = parsed.problem;
      yield { line: line + within - 1, problem: message, template: isTemplateText(part) };
    } else if (parsed.duplicateKeyLine === undefined) yield { text: part, line, value: parsed.value };
    else yield { text: part, line, value: parsed.value, duplicateKeyLine: line + parsed.duplicateKeyLine - 1 };
  }
}

/** Undefined when it is flow-style YAML instead: `{{ template }}`, `{apiVersion: v1, …}`. */
function readJson(text: string): ReadDocument[] | undefined {
  const parts = splitJson(text);
  const documents = parts.map(({ text: part, line, problem }): ReadDocument => {
    if (problem !== undefined) return { line, problem, template: isTemplateText(part) };
    const value = parseJson(part);
    if (value !== undefined) return { text: part, line, value };
    const parsed = parseDocument(part);
    if (!('problem' in parsed)) return { text: part, line, value: parsed.value };
    return { line: line + parsed.problem.line - 1, problem: parsed.problem.message, template: isTemplateText(part) };
  });
  return documents.some((document) => 'value' in document) || !/^---/m.test(text) ? documents : undefined;
}

/** A value of a stream of JSON values, or what is in its place and why it is none. */
type JsonPart = DocumentText & { readonly problem?: string };

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
