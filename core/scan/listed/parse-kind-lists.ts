import { formatIssue } from '../../config/issue.ts';
import { parseKind } from '../../config/parse-kind.ts';
import type { ConfigFile } from '../../config/read-yaml.ts';
import { valueBySchema } from '../../config/schema-issues.ts';
import { type KindList, kindListSchema } from './kind-list.ts';

/** Lists of files, or everything that is wrong in them, each as `file:line:column: error: …`. */
export function parseKindLists(files: readonly ConfigFile[]): {
  readonly lists: readonly KindList[];
  readonly errors: readonly string[];
} {
  const { values, errors } = parseKind(files, 'KindList', (document, issues) =>
    valueBySchema(kindListSchema, document, issues),
  );
  return { lists: values, errors: errors.map(formatIssue) };
}
