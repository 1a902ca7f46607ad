import type { z } from 'zod';
import { type ConfigIssue, formatIssue } from '../../core/config/issue.ts';
import { type ConfigFile, maxFileSize, readYaml } from '../../core/config/read-yaml.ts';
import { parseBySchema } from '../../core/config/schema-issues.ts';
import { parseJson } from '../../core/model/parse-json.ts';
import { visible } from '../../core/model/visible.ts';
import { type Failure, invalid } from '../command/session.ts';
import { readText } from './read-text.ts';

/** So many mistakes tell that it is another file; all of them would fill the screen. */
const MOST_ISSUES = 5;

interface PrintedWords {
  readonly what: string;
  readonly give: string;
}

/** JSON that a command has printed before. `what` it should be, and what to give instead. Fails with exit code 2, mistakes with their places. */
export async function readPrinted<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  words: PrintedWords,
): Promise<z.output<Schema>> {
  return parsePrinted({ path, text: await readText(path) }, schema, words);
}

/** The same of a text that was read already. */
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

/** JSON is YAML, and that reader knows places; it takes long over what is larger than any config. */
function issuesOf(path: string, text: string, schema: z.ZodType): ConfigIssue[] {
  if (text.length > maxFileSize) return [];
  const { documents, issues } = readYaml({ path, text });
  return [...issues, ...documents.flatMap((document) => parseBySchema(schema, document).issues)];
}
