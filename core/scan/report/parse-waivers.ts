import { type CheckedWaiver, checkWaiver } from '../../config/check-waiver.ts';
import { deepFreeze } from '../../config/deep-freeze.ts';
import { kindOf } from '../../config/document-kind.ts';
import { type ConfigIssue, sortIssues } from '../../config/issue.ts';
import { type ConfigFile, maxDocuments, maxFiles, readYaml } from '../../config/read-yaml.ts';
import { checkUniqueness } from '../../config/uniqueness.ts';

/**
 * Reads files that hold nothing but documents of kind ScanWaiver. Never throws on bad input: says everything that is wrong at once,
 * each with its place; then there are no waivers. One that has expired is no error: the report lists it.
 */
export function parseWaivers(
  files: readonly ConfigFile[],
  { now }: { readonly now: Date },
): { readonly waivers: readonly CheckedWaiver[]; readonly errors: readonly ConfigIssue[] } {
  const read = files.slice(0, maxFiles).map((file) => readYaml(file));
  const documents = read.flatMap((file) => file.documents);
  const issues: ConfigIssue[] = read.flatMap((file) => file.issues);
  if (files.length > maxFiles || documents.length > maxDocuments) issues.push(tooMuch(files));
  const ours = documents.slice(0, maxDocuments).filter((document) => {
    const { kind, issues: found } = kindOf(document, ['ScanWaiver']);
    issues.push(...found);
    return kind !== undefined;
  });
  issues.push(...checkUniqueness('ScanWaiver', ours));
  const waivers = ours.flatMap((document) => checkWaiver(document, now, issues) ?? []);
  const paths = files.map(({ path }) => path);
  const errors = sortIssues(issues, paths);
  return deepFreeze({ waivers: errors.length > 0 ? [] : waivers, errors });
}

function tooMuch(files: readonly ConfigFile[]): ConfigIssue {
  const message = `these are too many waivers; at most ${maxDocuments} in ${maxFiles} files are read.`;
  return { severity: 'error', file: files[0]?.path ?? '', line: 1, column: 1, path: '', message };
}
