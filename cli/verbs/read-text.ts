import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { type ConfigIssue, formatIssue } from '../../core/config/issue.ts';
import { type ConfigFile, maxFileSize, readYaml } from '../../core/config/read-yaml.ts';
import { parseBySchema } from '../../core/config/schema-issues.ts';
import { parseJson } from '../../core/model/parse-json.ts';
import { visible } from '../../core/model/visible.ts';
import { type Failure, invalid } from '../command/failure.ts';

/** The text of a named file. Fails with exit code 2, and says why and what to do. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Why a named file or folder cannot be read, and what to do; exit code 2. Any other error is thrown unchanged. */
export function unreadable(path: string, error: unknown): Failure {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) throw error;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return invalid(`liftlock: there is no file ${path}. Check the name and the folder.`);
  if (code === 'EACCES') return invalid(`liftlock: ${path} may not be read by you. Ask its owner, or give a copy.`);
  if (code === 'EISDIR') return invalid(`liftlock: ${path} is a folder; name one file.`);
  if (code === 'ELOOP')
    return invalid(
      `liftlock: ${path} is a symbolic link that leads back to itself. Name the file that it should lead to.`,
    );
  return invalid(`liftlock: ${path} cannot be read: the system says ${code}. Check the file, or give a copy.`);
}

/** A few mistakes show that it is the wrong file; all of them would fill the screen. */
const MOST_ISSUES = 5;

interface PrintedWords {
  readonly what: string;
  readonly give: string;
}

/**
 * Reads JSON that a command has printed before, with `what` it should be and what to give instead. Fails with exit code 2 and mistakes with their
 * places.
 */
export async function readPrinted<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  words: PrintedWords,
): Promise<z.output<Schema>> {
  return parsePrinted({ path, text: await readText(path) }, schema, words);
}

/** The same for a text that was read already. */
export function parsePrinted<Schema extends z.ZodType>(
  { path, text }: ConfigFile,
  schema: Schema,
  { what, give }: PrintedWords,
): z.output<Schema> {
  const value = parseJson(text);
  if (value === undefined) throw invalid(`liftlock: ${visible(path)} is not JSON, so it is not ${what}. ${give}`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw notUsable(issuesOf(path, text, schema), `liftlock: ${visible(path)} is not ${what}. ${give}`);
}

/** The first mistakes, then what to do about them. */
export function notUsable(issues: readonly ConfigIssue[], end: string): Failure {
  const shown = issues.slice(0, MOST_ISSUES).map((issue) => visible(formatIssue(issue)));
  const more = issues.length > MOST_ISSUES ? [`… and ${issues.length - MOST_ISSUES} more.`] : [];
  return invalid([...shown, ...more, end].join('\n'));
}

/** JSON is YAML, and the reader of YAML knows positions; it is slow on texts larger than a config. */
function issuesOf(path: string, text: string, schema: z.ZodType): ConfigIssue[] {
  if (text.length > maxFileSize) return [];
  const { documents, issues } = readYaml({ path, text });
  return [...issues, ...documents.flatMap((document) => parseBySchema(schema, document).issues)];
}
