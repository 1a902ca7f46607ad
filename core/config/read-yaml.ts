import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
  type YAMLParseError,
} from 'yaml';
import { type Anchor, type ConfigDocument, type ConfigIssue, type DocumentPath, issueAt, WHOLE } from './issue.ts';

export interface ConfigFile {
  /** The path in the form in which people see it. */
  readonly path: string;
  readonly text: string;
}

/** In characters, far above any real config. A larger file is a mistake or an attack. */
export const maxFileSize = 1024 * 1024;
export const maxFiles = 1000;
const maxAliases = 100;

/** What a decoder puts in place of bytes that are not UTF-8. */
export const NOT_UTF8 = '\ufffd';

/** The same for a file of config, which has to be UTF-8: where bytes were lost, a selector would take other clusters than its author meant. */
export function readConfigYaml(file: ConfigFile, largest?: number): ReturnType<typeof readYaml> {
  const [before, ...others] = file.text.split(NOT_UTF8);
  if (before === undefined || others.length === 0) return readYaml(file, largest);
  const lines = before.split('\n');
  const place = { file: file.path, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  const message =
    'this is not UTF-8, or says U+FFFD, which stands for what is lost of such a text. Save the file as UTF-8: iconv -f ISO-8859-1 -t UTF-8; of PowerShell: iconv -f UTF-16 -t UTF-8.';
  return { documents: [], issues: [issueAt(place, 'error', [], message)] };
}

/** Reads every document of a file, and reports all problems that YAML itself finds. Empty documents are skipped. */
export function readYaml(
  { path, text }: ConfigFile,
  largest = maxFileSize,
): { documents: YamlDocument[]; issues: ConfigIssue[] } {
  if (text.length > largest) {
    return { documents: [], issues: [fileError(path, `is larger than ${largest} characters. Split the file.`)] };
  }
  const lines = new LineCounter();
  let parsed: Document.Parsed[];
  try {
    parsed = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })];
  } catch {
    // The parser is recursive, so thousands of open brackets exhaust its stack.
    return { documents: [], issues: [fileError(path, 'is nested too deeply to be read. Flatten it.')] };
  }
  const documents: YamlDocument[] = [];
  const issues: ConfigIssue[] = [];
  for (const document of parsed) {
    const broken = [...document.errors, ...document.warnings];
    // Further errors of the parser, after brackets have exhausted its stack, are no mistakes of the author.
    const exhausted = broken.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
    const told = exhausted === undefined ? broken : [exhausted];
    issues.push(...told.map((error) => syntaxIssue(path, text, lines, error)));
    // A document with duplicate keys can still be checked, so that all problems are reported at once.
    if (broken.some((error) => error.code !== 'DUPLICATE_KEY') || isEmpty(document)) continue;
    const { value, refusal } = plainValue(document);
    const written = new YamlDocument(path, value, document, lines);
    if (refusal === undefined) documents.push(written);
    else issues.push(written.issue('error', [], refusal));
  }
  return { documents, issues };
}

function isEmpty({ contents }: Document.Parsed): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

/** A few nested anchors can stand for billions of nodes, so their number is limited. */
function plainValue(document: Document.Parsed): { readonly value?: unknown; readonly refusal?: string } {
  let aliases = 0;
  visit(document, { Alias: () => (++aliases > maxAliases ? visit.BREAK : undefined) });
  if (aliases > maxAliases)
    return { refusal: `this document has more than ${maxAliases} YAML aliases. Write the values out.` };
  try {
    return { value: document.toJS({ maxAliasCount: maxAliases }) };
  } catch (error) {
    const what = error instanceof Error ? error.message : 'they cannot be resolved';
    return { refusal: `this document has YAML aliases that cannot be followed: ${what}. Write the values out.` };
  }
}

function syntaxIssue(
  file: string,
  text: string,
  lines: LineCounter,
  error: Pick<YAMLParseError, 'code' | 'message' | 'pos'>,
) {
  const { line, col: column } = lines.linePos(error.pos[0]);
  const key = /^[^\s:,{}]*/.exec(text.slice(error.pos[0]))?.[0] ?? '';
  const message = syntaxWords(error, key);
  return { severity: 'error', file, line: Math.max(1, line), column: Math.max(1, column), path: '', message } as const;
}

function syntaxWords({ code, message }: Pick<YAMLParseError, 'code' | 'message'>, key: string): string {
  if (code === 'DUPLICATE_KEY')
    return `"${key}" is written twice in one map, and only one of them could count. Remove one.`;
  if (code === 'RESOURCE_EXHAUSTION') return 'this is nested too deeply to be read. Flatten it.';
  return `this is not valid YAML: ${message}.`.replace(/\.\.$/, '.');
}

function fileError(file: string, message: string): ConfigIssue {
  return issueAt({ file, ...WHOLE }, 'error', [], `this file ${message}`);
}

/** One YAML document of a file: its plain value, and the place of every part of it. */
class YamlDocument implements ConfigDocument {
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
