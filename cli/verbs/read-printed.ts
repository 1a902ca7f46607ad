import type { z } from 'zod';
import { formatIssue } from '../../core/config/issue.ts';
import { maxFileSize, readYaml } from '../../core/config/read-yaml.ts';
import { parseBySchema } from '../../core/config/schema-issues.ts';
import { invalid } from '../failure.ts';
import { visible } from '../output/visible.ts';
import { readText } from './read-text.ts';

/** So many mistakes tell that it is another file; all of them would fill the screen. */
const MOST_ISSUES = 5;

/** JSON that a command has printed before. `what` it should be, and what to give instead. Fails with exit code 2, mistakes with their places. */
export async function readPrinted<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  { what, give }: { readonly what: string; readonly give: string },
): Promise<z.output<Schema>> {
  const text = await readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(`liftlock: ${visible(path)} is not JSON, so it is not ${what}. ${give}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(path, text, schema);
  const shown = issues.slice(0, MOST_ISSUES);
  const more = issues.length > MOST_ISSUES ? [`… and ${issues.length - MOST_ISSUES} more.`] : [];
  throw invalid([...shown, ...more, `liftlock: ${visible(path)} is not ${what}. ${give}`].join('\n'));
}

/** JSON is YAML, and that reader knows places; it takes long over what is larger than any config. */
function issuesOf(path: string, text: string, schema: z.ZodType): string[] {
  if (text.length > maxFileSize) return [];
  const { documents, issues } = readYaml({ path, text });
  return [...issues, ...documents.flatMap((document) => parseBySchema(schema, document).issues)].map((issue) =>
    visible(formatIssue(issue)),
  );
}
