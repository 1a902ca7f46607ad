import type { Path } from './mutation.ts';

interface StatementDocument {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Principal?: unknown;
}

export interface Statement {
  readonly statement: StatementDocument;
  readonly path: Path;
  /** What goes with it: nothing, or its whole owner when it is the only one, since IAM takes no document without statements. */
  readonly whole: Path;
}

export function statementsOf(document: unknown, owner: Path, toDocument: Path): Statement[] {
  const { Statement } = document as { Statement: StatementDocument | StatementDocument[] };
  const statements = listOf(Statement);
  return statements.map((statement, number) => {
    const path: Path = [...toDocument, 'Statement', ...(Array.isArray(Statement) ? [number] : [])];
    return { statement, path, whole: statements.length === 1 ? owner : path };
  });
}

export const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];
