import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import { type Anchor, type ConfigDocument, issueAt } from './config-document.ts';
import type { ConfigIssue, DocumentPath } from './issue.ts';

/** One YAML document of a file: its plain value, and the place of every part of it. */
export class YamlDocument implements ConfigDocument {
  readonly file: string;
  readonly value: unknown;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  constructor(file: string, value: unknown, document: Document.Parsed, lines: LineCounter) {
    this.file = file;
    this.value = value;
    this.#document = document;
    this.#lines = lines;
  }

  issue(severity: ConfigIssue['severity'], path: DocumentPath, message: string, anchor: Anchor = 'value'): ConfigIssue {
    const { line, col: column } = this.#lines.linePos(this.#offsetOf(path, anchor));
    return issueAt({ file: this.file, line, column }, severity, path, message);
  }

  sourceOf(path: DocumentPath): string | undefined {
    let node: Node | undefined = this.#document.contents ?? undefined;
    for (const part of path) node = childOf(this.#resolved(node), part)?.value;
    return isScalar(node) ? node.source : undefined;
  }

  #offsetOf(path: DocumentPath, anchor: Anchor): number {
    const contents: Node | undefined = this.#document.contents ?? undefined;
    let offset = contents?.range?.[0] ?? 0;
    let node = contents;
    for (const [depth, part] of path.entries()) {
      const child = childOf(this.#resolved(node), part);
      if (child === undefined) return offset;
      const isMissing =
        depth + 1 < path.length && childOf(this.#resolved(child.value), path[depth + 1] ?? '') === undefined;
      const wantsKey = depth + 1 === path.length ? anchor === 'key' : isMissing;
      const target = (wantsKey ? child.key : child.value) ?? child.value ?? child.key;
      offset = target?.range?.[0] ?? offset;
      node = child.value;
    }
    return offset;
  }

  #resolved(node: Node | undefined): Node | undefined {
    return isAlias(node) ? (node as Alias).resolve(this.#document) : node;
  }
}

function childOf(node: Node | undefined, part: string | number): { key?: Node; value?: Node } | undefined {
  if (isSeq(node) && typeof part === 'number') {
    const value = node.items[part] as Node | undefined;
    return value === undefined ? undefined : { value };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value ?? '') : String(key)) === String(part));
  if (pair === undefined) return undefined;
  return { key: pair.key as Node, ...(pair.value !== null && { value: pair.value as Node }) };
}
