/** A place in a document: keys and list indexes from its root, such as `['spec', 'waves', 0, 'name']`. */
export type DocumentPath = readonly (string | number)[];

/** One problem of a config file: with an `error` nothing is applied, and a `warning` is doubtful. */
export interface ConfigIssue {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters. */
  readonly column: number;
  /** `spec.waves[0].name`; empty where the issue concerns a whole document or file. */
  readonly path: string;
  /** Says what happened, why, and what to do; it names the path itself. */
  readonly message: string;
}

/** `file:line:column: error: message`, which editors and CI systems turn into links. */
export function formatIssue({ file, line, column, severity, message }: ConfigIssue): string {
  return `${file}:${line}:${column}: ${severity}: ${message}`;
}

function formatPath(path: DocumentPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** Sorts by file in the given order, then by place. Issues of one place keep their order. */
export function sortIssues(issues: readonly ConfigIssue[], files: readonly string[]): ConfigIssue[] {
  const order = new Map(files.map((file, index) => [file, index]));
  const rank = (issue: ConfigIssue) => order.get(issue.file) ?? files.length;
  return [...issues].sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
}

/** The part of a field that an issue points at: its key or its value. Where the field is missing, it is the nearest part around it. */
export type Anchor = 'key' | 'value';

/** One document of a config: its plain value, and the issues of its parts. */
export interface ConfigDocument {
  readonly file: string;
  readonly value: unknown;
  issue(severity: ConfigIssue['severity'], path: DocumentPath, message: string, anchor?: Anchor): ConfigIssue;
  /** The text of a value as written, `1.30` where `value` has 1.3; undefined for lists and maps. */
  sourceOf(path: DocumentPath): string | undefined;
}

/** No person writes more config than that, and comparing all policies with each other would take minutes. */
export const maxDocuments = 1000;

/** The place of a file or of a document as a whole. */
export const WHOLE = { line: 1, column: 1 } as const;

/** An issue of the part at the path; its message names the path itself. */
export function issueAt(
  place: Pick<ConfigIssue, 'file' | 'line' | 'column'>,
  severity: ConfigIssue['severity'],
  path: DocumentPath,
  message: string,
): ConfigIssue {
  const where = formatPath(path);
  return { severity, ...place, path: where, message: where === '' ? message : `${where}: ${message}` };
}
