import * as yaml from 'js-yaml';
import type { Path } from '../../model/values-at.ts';
import { MAX_DEPTH, MAX_SIZE_FOR_POSITIONS, type Position } from './manifest-object.ts';
import { SCHEMA } from './parse-document.ts';

interface PlacedNode extends Position {
  children: PlacedNode[];
  /** The value that the parser made. */
  value?: unknown;
  /** For a map: the position of each key and its value, by name. */
  keys?: Map<string, { readonly key: PlacedNode; readonly value: PlacedNode }>;
}

/** The part of the parser's state that is used. js-yaml gives it to listeners and does not document it. */
interface ParserState {
  readonly line: number;
  readonly lineStart: number;
  readonly position: number;
  readonly kind: string | null;
  readonly result: unknown;
}

/**
 * Finds positions in one document by parsing it a second time. Positions cost ten times as much as values, and few documents have a finding. The text
 * alone is enough for most.
 */
export class Positions {
  readonly #text: string;
  #root: PlacedNode | undefined | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** The position of the key of the last member of `path`, or of the item; the nearest position above it when that is not known. */
  find(path: Path): Position {
    const last = path.at(-1);
    if (path.length === 1 && typeof last === 'string') {
      const simple = topLevelKey(this.#text, last);
      if (simple !== undefined) return simple;
    }
    if (this.#root === null) this.#root = placedTree(this.#text);
    let node = this.#root;
    let found: Position = node ?? firstContent(this.#text);
    for (const step of path) {
      if (node === undefined) break;
      if (typeof step === 'number') {
        node = node.children[step];
        found = node ?? found;
      } else {
        const member: { key: PlacedNode; value: PlacedNode } | undefined = keysOf(node).get(step);
        node = member?.value;
        found = member?.key ?? found;
      }
    }
    return { line: found.line, column: found.column };
  }
}

/** In block style a key at the start of a line belongs to the document itself, because text in values is indented. */
function topLevelKey(text: string, key: string): Position | undefined {
  if (!/^[\w./-]+$/.test(key) || /^\s*[[{]/.test(text)) return undefined;
  let line = 1;
  let found: Position | undefined;
  for (let at = 0; at !== -1 && at < text.length; line += 1) {
    const begin = text.charCodeAt(at) === 34 || text.charCodeAt(at) === 39 ? at + 1 : at;
    if (
      text.startsWith(key, begin) &&
      /^["']?[ \t]*:(?:\s|$)/.test(text.slice(begin + key.length, begin + key.length + 8))
    )
      found = { line, column: 1 };
    const next = text.indexOf('\n', at);
    at = next === -1 ? -1 : next + 1;
  }
  return found;
}

function firstContent(text: string): Position {
  const lines = text.split('\n', 200);
  const index = lines.findIndex((line) => /^\s*[^\s#]/.test(line));
  const line = Math.max(0, index);
  return { line: line + 1, column: (/^\s*/.exec(lines[line] ?? '')?.[0].length ?? 0) + 1 };
}

function placedTree(text: string): PlacedNode | undefined {
  if (text.length > MAX_SIZE_FOR_POSITIONS) return undefined;
  const open: PlacedNode[] = [];
  let root: PlacedNode | undefined;
  const listener = (event: yaml.EventType, state: ParserState): void => {
    if (event === 'open') {
      open.push({ ...afterBlanks(text, state), children: [] });
      return;
    }
    const node = open.pop();
    if (node === undefined) return;
    node.value = state.result;
    // The parser opens a possible key of a map a second time inside, so that extra level is removed.
    const [only] = node.children;
    if (node.children.length === 1 && only !== undefined && isSame(only.value, state.result))
      node.children = only.children;
    const parent = open.at(-1);
    if (parent === undefined) root = node;
    else parent.children.push(node);
  };
  try {
    const options = { schema: SCHEMA, json: true, maxDepth: MAX_DEPTH, listener: listener as never };
    // JSON may be indented with tabs, which YAML forbids; a blank has the same width.
    yaml.load(/^\s*[[{]/.test(text) ? text.replaceAll('\t', ' ') : text, options);
    return root;
  } catch {
    return undefined;
  }
}

const isSame = (inner: unknown, outer: unknown): boolean =>
  typeof inner === 'object' && inner !== null && inner === outer;

/** A node opens before the blanks, comments and line ends in front of it. */
function afterBlanks(text: string, { line, lineStart, position }: ParserState): Position {
  let at = position;
  let row = line;
  let start = lineStart;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10) {
      row += 1;
      start = at + 1;
    } else if (code === 35 && (at === start || text.charCodeAt(at - 1) <= 32)) {
      const end = text.indexOf('\n', at);
      at = (end === -1 ? text.length : end) - 1;
    } else if (code > 32 && code !== 0xfeff) break;
  }
  return { line: row + 1, column: at - start + 1 };
}

/** Keys and values alternate among the children of a map. */
function keysOf(node: PlacedNode): NonNullable<PlacedNode['keys']> {
  if (node.keys !== undefined) return node.keys;
  const keys: NonNullable<PlacedNode['keys']> = new Map();
  for (let index = 0; index + 1 < node.children.length; index += 2) {
    const [key, value] = [node.children[index], node.children[index + 1]];
    if (key !== undefined && value !== undefined) keys.set(String(key.value), { key, value });
  }
  node.keys = keys;
  return keys;
}
