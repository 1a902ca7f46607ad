import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';

export interface Mutant {
  readonly id: string;
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly kind: string;
  /** The line that it begins on, the text that is replaced and the text in its place, with single spaces: what an equivalent is named by. */
  readonly where: string;
  readonly was: string;
  readonly becomes: string;
}

const quiet = () => {};
const no = () => false;
const silent = {
  isTraceEnabled: no,
  isDebugEnabled: no,
  isInfoEnabled: no,
  isWarnEnabled: no,
  isErrorEnabled: no,
  isFatalEnabled: no,
  trace: quiet,
  debug: quiet,
  info: quiet,
  warn: quiet,
  error: quiet,
  fatal: quiet,
};

/** Every mutant of these files, words left out, and each file's JavaScript with all of its mutants behind switches. The same order gives the same ids. */
export async function instrument(root: string, files: readonly string[]) {
  const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const given = [...texts].map(([name, content]) => ({ name, content, mutate: true }));
  const options = { plugins: null, ignorers: [], excludedMutations: ['StringLiteral'] };
  const made = await new Instrumenter(silent).instrument(given, options);
  // The words that are left out are there too, marked as ignored.
  const meant = made.mutants.filter(({ status }) => status !== 'Ignored');
  const mutants = meant.map(({ id, fileName, mutatorName, replacement, location: { start, end } }): Mutant => {
    const text = texts.get(fileName) ?? '';
    const was = cut(text, start, end);
    return {
      id,
      file: fileName,
      line: start.line + 1,
      kind: mutatorName,
      where: squeezed(text.split('\n')[start.line] ?? ''),
      was: squeezed(was),
      becomes: squeezed(replacement),
    };
  });
  const code = new Map(made.files.map(({ name, content }) => [name, stripTypeScriptTypes(content)]));
  return { mutants, code };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

function cut(text: string, start: Position, end: Position): string {
  const lines = text.split('\n').slice(start.line, end.line + 1);
  const last = lines.length - 1;
  return lines
    .map((line, at) => line.slice(at === 0 ? start.column : 0, at === last ? end.column : undefined))
    .join('\n');
}

const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim();
