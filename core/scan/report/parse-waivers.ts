import { type CheckedWaiver, checkWaiver } from '../../config/check-waiver.ts';
import type { ConfigIssue } from '../../config/issue.ts';
import { parseKind } from '../../config/parse-kind.ts';
import type { ConfigFile } from '../../config/read-yaml.ts';

/** Reads files of ScanWaivers. An expired one is no error, because the report lists it. */
export function parseWaivers(
  files: readonly ConfigFile[],
  { now }: { readonly now: Date },
): { readonly waivers: readonly CheckedWaiver[]; readonly errors: readonly ConfigIssue[] } {
  const { values, errors } = parseKind(files, 'ScanWaiver', (document, issues) => checkWaiver(document, now, issues));
  return { waivers: values, errors };
}
