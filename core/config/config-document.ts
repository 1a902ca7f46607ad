import { type ConfigIssue, type DocumentPath, formatPath } from './issue.ts';

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
