import { formatIssue } from '../../config/issue.ts';
import { parseKind } from '../../config/parse-kind.ts';
import type { ConfigFile } from '../../config/read-yaml.ts';
import { valueBySchema } from '../../config/schema-issues.ts';
import { kindListSchema } from './kind-list.ts';

/** The lists in files, or all errors in them, each as `file:line:column: error: …`. */
export function parseKindLists(files: readonly ConfigFile[]) {
  const { values, errors } = parseKind(files, 'KindList', (document, issues) =>
    valueBySchema(kindListSchema, document, issues),
  );
  return { lists: values, errors: errors.map(formatIssue) };
}
