/** One broken rule, at a place a person can click on. */
export interface Finding {
  readonly file: string;
  /** 1-based; 1 where the finding is about the whole file. */
  readonly line: number;
  readonly message: string;
}

/** A file of the repository; the path is relative to its root, with `/`. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

export function formatFinding({ file, line, message }: Finding): string {
  return `${file}:${line}: ${message}`;
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}
