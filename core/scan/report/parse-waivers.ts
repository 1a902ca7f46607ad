import { deepFreeze } from '../../config/deep-freeze.ts';
import { kindOf } from '../../config/document-kind.ts';
import { type ConfigIssue, sortIssues } from '../../config/issue.ts';
import { type ConfigFile, maxDocuments, maxFiles, readYaml } from '../../config/read-yaml.ts';
import { parseBySchema } from '../../config/schema-issues.ts';
import { checkUniqueness } from '../../config/uniqueness.ts';
import type { YamlDocument } from '../../config/yaml-document.ts';
import { scanWaiverSchema } from './scan-waiver-schema.ts';
import type { Waiver } from './waiver.ts';
import { waiverEnd } from './waiver-end.ts';

/** Longer than a year with some days to spare; after that somebody should look again. */
export const maxWaiverDays = 400;

/**
 * Reads files that hold nothing but documents of kind ScanWaiver. Never throws on bad input: says everything that is wrong at once,
 * each with its place; then there are no waivers. One that has expired is no error: the report lists it.
 */
export function parseWaivers(
  files: readonly ConfigFile[],
  { now }: { readonly now: Date },
): { readonly waivers: readonly Waiver[]; readonly errors: readonly ConfigIssue[] } {
  const read = files.slice(0, maxFiles).map(readYaml);
  const documents = read.flatMap((file) => file.documents);
  const issues: ConfigIssue[] = read.flatMap((file) => file.issues);
  if (files.length > maxFiles || documents.length > maxDocuments) issues.push(tooMuch(files));
  const ours = documents.slice(0, maxDocuments).filter((document) => {
    const { kind, issues: found } = kindOf(document, ['ScanWaiver']);
    issues.push(...found);
    return kind !== undefined;
  });
  issues.push(...checkUniqueness('ScanWaiver', ours));
  const waivers = ours.flatMap((document) => checkWaiver(document, now, issues));
  const errors = sortIssues(
    issues,
    files.map(({ path }) => path),
  );
  return deepFreeze({ waivers: errors.length > 0 ? [] : waivers, errors });
}

function checkWaiver(document: YamlDocument, now: Date, issues: ConfigIssue[]): Waiver[] {
  const { value, issues: found } = parseBySchema(scanWaiverSchema, document);
  issues.push(...found);
  if (value === undefined) return [];
  const { expires } = value.spec;
  const end = waiverEnd(expires);
  const lastDay = new Date(now.getTime() + maxWaiverDays * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  const latest = waiverEnd(lastDay) ?? now;
  if (end !== undefined && end <= latest) return [{ document: value, end }];
  const message =
    end === undefined
      ? `"${expires}" is no day or time of the calendar.`
      : `"${expires}" is more than ${maxWaiverDays} days ahead. The last day is ${lastDay}; look again then.`;
  issues.push(document.issue('error', ['spec', 'expires'], message));
  return [];
}

function tooMuch(files: readonly ConfigFile[]): ConfigIssue {
  const message = `these are too many waivers; at most ${maxDocuments} in ${maxFiles} files are read.`;
  return { severity: 'error', file: files[0]?.path ?? '', line: 1, column: 1, path: '', message };
}
