import { deepFreeze } from './deep-freeze.ts';
import { kindOf } from './document-kind.ts';
import { type ConfigDocument, type ConfigIssue, issueAt, maxDocuments, sortIssues, WHOLE } from './issue.ts';
import { type ConfigFile, maxFiles, readConfigYaml } from './read-yaml.ts';
import { checkUniqueness } from './uniqueness.ts';

/**
 * Reads files that hold documents of one kind only. It never throws on bad input: it reports all problems at once, each with its place, and then
 * returns no values. `check` makes a document's value, and adds the document's issues.
 */
export function parseKind<Value>(
  files: readonly ConfigFile[],
  kind: string,
  check: (document: ConfigDocument, issues: ConfigIssue[]) => Value | undefined,
): { readonly values: readonly Value[]; readonly errors: readonly ConfigIssue[] } {
  const read = files.slice(0, maxFiles).map((file) => readConfigYaml(file));
  const documents = read.flatMap((file) => file.documents);
  const issues: ConfigIssue[] = read.flatMap((file) => file.issues);
  if (files.length > maxFiles || documents.length > maxDocuments) issues.push(tooMuch(files, kind));
  const ours = documents.slice(0, maxDocuments).filter((document) => {
    const { kind: own, issues: found } = kindOf(document, [kind]);
    issues.push(...found);
    return own !== undefined;
  });
  issues.push(...checkUniqueness(kind, ours));
  const values = ours.flatMap((document) => check(document, issues) ?? []);
  const paths = files.map(({ path }) => path);
  const errors = sortIssues(issues, paths);
  return deepFreeze({ values: errors.length > 0 ? [] : values, errors });
}

function tooMuch(files: readonly ConfigFile[], kind: string): ConfigIssue {
  const message = `these are too many of kind ${kind}; at most ${maxDocuments} in ${maxFiles} files are read.`;
  return issueAt({ file: files[0]?.path ?? '', ...WHOLE }, 'error', [], message);
}
